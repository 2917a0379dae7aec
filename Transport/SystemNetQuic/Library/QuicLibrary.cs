using System.Net;
using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <summary>System.Net.Quic itself.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class QuicLibrary : IQuicLibrary
{
    /// <summary>A sentence that says what it wants of this machine; null where it runs.</summary>
    public static string? Missing => QuicListener.IsSupported && QuicConnection.IsSupported ? null
        : !Socket.OSSupportsIPv6 ? "System.Net.Quic needs IPv6: enable it in the operating system, even if only IPv4 is used."
        : OperatingSystem.IsWindows() ? "System.Net.Quic needs Windows 11 or Windows Server 2022, or later, with TLS 1.3 enabled."
        : "System.Net.Quic needs the native library libmsquic, 2.2.2 or later: install it from Microsoft's package repository (on macOS with Homebrew).";

    public async ValueTask<IQuicListener> ListenAsync(
        QuicListenerOptions options, Func<IQuicConnection, QuicServerConnectionOptions> admit, CancellationToken cancellationToken)
    {
        ThrowIfTaken(options.ListenEndPoint.Port);
        // What this throws, refuses: the connection is closed, and the listener's next accept throws it.
        options.ConnectionOptionsCallback = (connection, _, _) => ValueTask.FromResult(admit(new LibraryConnection(connection)));
        return new LibraryListener(await QuicListener.ListenAsync(options, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<IQuicConnection> ConnectAsync(QuicClientConnectionOptions options, CancellationToken cancellationToken) =>
        new LibraryConnection(await QuicConnection.ConnectAsync(options, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// On Linux libmsquic binds with SO_REUSEPORT, and two processes would share a port and lose each other's connections. It always takes the
    /// wildcard of both address families, so a plain socket there tells whether anybody has the port.
    /// </summary>
    /// <exception cref="SocketException">Somebody has.</exception>
    internal static void ThrowIfTaken(int port)
    {
        if (port == 0)
            return;

        using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        probe.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
    }
}
