using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>Exceptions as System.Net.Quic makes them, the native status in HResult included.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static class SimulatedErrors
{
    public static QuicException Of(QuicError error, long? code = null) => new(error, code, "simulated");

    public static QuicException WithStatus(QuicError error, int status) => new(error, null, "simulated") { HResult = status };

    public static SocketException Unreachable() => new((int)SocketError.HostUnreachable) { HResult = 113 };

    public static AuthenticationException Alpn() => new("simulated") { HResult = LibraryStatus.Current.AlpnNegotiationFailure };

    /// <summary>What a client gets whose listener's callback threw.</summary>
    public static AuthenticationException UserCanceled() => new("simulated") { HResult = LibraryStatus.Current.UserCanceled };

    /// <summary>What a client gets that turned a certificate down by itself.</summary>
    public static AuthenticationException CertificateCallback() => new("simulated");
}
