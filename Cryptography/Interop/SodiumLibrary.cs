using System.Reflection;
using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.Interop;

/// <summary>Finds libsodium (1.0.18 or later) under the file names that systems give it; distributions ship the bare name only with their development packages.</summary>
public static class SodiumLibrary
{
    private static readonly string[] FileNames =
        ["libsodium.so.23", "libsodium.so.26", "libsodium.26.dylib", "libsodium.23.dylib", "libsodium"];

    /// <exception cref="PlatformNotSupportedException">It is not installed.</exception>
    public static nint Load(Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string fileName in FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, assembly, path, out nint handle))
            {
                return handle;
            }
        }

        throw new PlatformNotSupportedException("libsodium (1.0.18 or later) is not installed; eng/setup.sh installs it, on Debian it is the package libsodium23.");
    }
}
