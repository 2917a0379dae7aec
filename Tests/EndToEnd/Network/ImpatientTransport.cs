using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Network;

/// <summary>An engine whose connections notice sooner that nobody is there, so that a test need not wait as long as a device would.</summary>
internal sealed class ImpatientTransport(ITransport engine) : ITransport
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    public string Name => engine.Name;

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) =>
        engine.ListenAsync(options, cancellationToken);

    public ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default) =>
        engine.ConnectAsync(
            new TransportConnectOptions
            {
                Alpn = options.Alpn,
                RemoteEndPoints = options.RemoteEndPoints,
                MaxInboundBidirectionalStreams = options.MaxInboundBidirectionalStreams,
                MaxInboundUnidirectionalStreams = options.MaxInboundUnidirectionalStreams,
                IdleTimeout = Idle,
                KeepAliveInterval = Idle / 8,
            },
            cancellationToken);

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
