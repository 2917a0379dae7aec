using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>The fallback for networks that block UDP, both halves: listening is Kestrel's, connecting is <see cref="WebSocketTransport"/>'s.</summary>
public sealed class KestrelTransport(TimeProvider timeProvider) : ITransport
{
    private readonly WebSocketTransport _client = new(timeProvider);

    public string Name => "WebSocket (Kestrel)";

    public async ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return await KestrelListener.StartAsync(options, timeProvider, cancellationToken);
    }

    public ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default) =>
        _client.ConnectAsync(options, cancellationToken);

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
