using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>Whether the native libraries load here, and which they are.</summary>
internal static unsafe class Ngtcp2Library
{
    private const int LeastVersion = 0x010b00;

    /// <summary>The helper's handle, for the addresses of its callbacks.</summary>
    public static nint Crypto { get; private set; }

    /// <summary>The engine's version number, as 0xMMmmpp; 0 before it was loaded.</summary>
    public static int Version { get; private set; }

    /// <summary>The engine's version.</summary>
    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>.</exception>
    public static string Load()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            throw Unavailable("The ngtcp2 engine runs on 64-bit Linux.");

        if (!NativeLibrary.TryLoad(Native.Library, out _)
            || !NativeLibrary.TryLoad(GnuTls.Library, out _)
            || !NativeLibrary.TryLoad(CryptoNative.Library, out nint crypto))
        {
            throw Unavailable("The QUIC libraries are missing: eng/setup.sh installs them; on Debian they are libngtcp2-16 and libngtcp2-crypto-gnutls8.");
        }

        Crypto = crypto;
        LibraryInfoStruct* info = Native.ngtcp2_version(LeastVersion);
        if (info is null)
            throw Unavailable("The installed libngtcp2 is older than 1.11.");

        Version = info->Number;
        return Marshal.PtrToStringUTF8((nint)info->Text) ?? string.Empty;
    }

    private static TransportException Unavailable(string message) => new(TransportErrorKind.EngineUnavailable, message);
}
