using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Quic;

/// <summary>
/// Where a relay listens: for QUIC and, unless switched off, for WebSockets. Devices know one port number, so both have the same unless the
/// operator maps them elsewhere.
/// </summary>
/// <param name="quic">The engine devices try first.</param>
/// <param name="webSocket">The fallback's; null is off.</param>
/// <param name="options">What both listen with, at an address.</param>
public sealed class RelayPorts(ITransport quic, ITransport? webSocket, Func<IPEndPoint, TransportListenerOptions> options)
{
    // A free UDP port whose number is taken in TCP is rare; as often in a row it is something else.
    private const int TriesMax = 16;

    /// <summary>Address and UDP port; port 0 takes one that is free for both.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Address and TCP port of the fallback; null (the default) is that of QUIC.</summary>
    public IPEndPoint? WebSocketListen { get; init; }

    /// <summary>Binds both, or neither.</summary>
    /// <exception cref="TransportException">An address cannot be bound.</exception>
    public async Task<(TransportListener Quic, TransportListener? WebSocket)> BindAsync(CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            TransportListener listener = await quic.ListenAsync(options(Listen), cancellationToken);
            try
            {
                return (listener, webSocket is null ? null : await webSocket.ListenAsync(options(WebSocketListen ?? listener.LocalEndPoint), cancellationToken));
            }
            catch (TransportException exception)
            {
                await listener.DisposeAsync();
                bool isPortOurs = Listen.Port == 0 && WebSocketListen is null;
                if (exception.Kind != TransportErrorKind.AddressInUse || !isPortOurs || tries == TriesMax)
                    throw;
            }
        }
    }
}
