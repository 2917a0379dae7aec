using System.Reflection;
using System.Runtime.InteropServices;
using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Client.Crypto.Interop;

/// <summary>The functions of libsodium that only the client may use: the content cipher and the passphrase function.</summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    // An explicit static constructor: it runs before the first call of any function below, never after.
    static Sodium()
    {
        NativeLibrary.SetDllImportResolver(typeof(Sodium).Assembly, Resolve);
        if (Initialize() < 0)
            throw new PlatformNotSupportedException("libsodium could not be initialised: it found no source of randomness.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? SodiumLibrary.Load(assembly, path) : 0;

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();
}
