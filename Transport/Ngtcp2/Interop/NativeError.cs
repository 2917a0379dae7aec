using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary>The result codes of libngtcp2 that the engine tells apart.</summary>
internal static unsafe class NativeError
{
    public const int StreamIdBlocked = -206;
    public const int StreamDataBlocked = -208;
    public const int Crypto = -213;
    public const int StreamShutForWriting = -219;
    public const int StreamNotFound = -220;
    public const int Closing = -223;
    public const int Draining = -224;
    public const int WriteMore = -230;
    public const int Retry = -231;
    public const int DropConnection = -232;
    public const int VersionNegotiation = -235;
    public const int HandshakeTimeout = -236;
    public const int IdleClose = -238;
    public const int CallbackFailure = -502;

    public static string Describe(int code) => Marshal.PtrToStringUTF8((nint)Native.ngtcp2_strerror(code)) ?? string.Empty;
}
