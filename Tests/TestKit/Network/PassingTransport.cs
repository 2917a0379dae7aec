using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Network;

/// <summary>A transport that passes everything on but the streams of its connections, which a test wraps as it likes. The engine stays the caller's.</summary>
public abstract class PassingTransport(ITransport engine) : ITransport
{
    public string Name => engine.Name;

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) =>
        engine.ListenAsync(options, cancellationToken);

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        TransportConnection connection = await engine.ConnectAsync(options, cancellationToken);
        Connected();
        return Wrap(connection);
    }

    /// <summary>The same for a connection made elsewhere, as by a listener.</summary>
    public TransportConnection Wrap(TransportConnection connection) => new Connection(this, connection);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>One more connection was made.</summary>
    protected virtual void Connected()
    {
    }

    /// <summary>A stream that this end opened.</summary>
    protected virtual TransportStream Opened(TransportStream stream) => stream;

    /// <summary>A stream that the peer opened.</summary>
    protected virtual TransportStream Accepted(TransportStream stream) => stream;

    private sealed class Connection(PassingTransport owner, TransportConnection inner) : TransportConnection
    {
        public override IPEndPoint RemoteEndPoint => inner.RemoteEndPoint;

        public override ReadOnlyMemory<byte> CertificateHash => inner.CertificateHash;

        public override Task<TransportCloseReason> Closed => inner.Closed;

        public override ConnectionStatistics Statistics => inner.Statistics;

        public override async ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default) =>
            owner.Opened(await inner.OpenStreamAsync(direction, cancellationToken));

        public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default) =>
            await inner.AcceptStreamAsync(cancellationToken) is { } stream ? owner.Accepted(stream) : null;

        public override ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default) => inner.CloseAsync(code, reason, cancellationToken);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
