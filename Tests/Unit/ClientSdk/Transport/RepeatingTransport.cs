using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.ClientSdk.Transport;

/// <summary>A transport on which whatever the peer opens has one and the same number.</summary>
internal sealed class RepeatingTransport(ITransport inner) : ITransport
{
    private const long OneNumber = 3;

    public string Name => inner.Name;

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) => inner.ListenAsync(options, cancellationToken);

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default) =>
        new Connection(await inner.ConnectAsync(options, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Connection(TransportConnection inner) : TransportConnection
    {
        public override IPEndPoint RemoteEndPoint => inner.RemoteEndPoint;

        public override ReadOnlyMemory<byte> CertificateHash => inner.CertificateHash;

        public override Task<TransportCloseReason> Closed => inner.Closed;

        public override ConnectionStatistics Statistics => inner.Statistics;

        public override ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default) =>
            inner.OpenStreamAsync(direction, cancellationToken);

        public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default) =>
            await inner.AcceptStreamAsync(cancellationToken) is { } stream ? new Stream(stream) : null;

        public override ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default) => inner.CloseAsync(code, reason, cancellationToken);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Stream(TransportStream inner) : TransportStream
    {
        public override long Id => OneNumber;

        public override StreamDirection Direction => inner.Direction;

        public override bool CanRead => inner.CanRead;

        public override bool CanWrite => inner.CanWrite;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(data, endStream, cancellationToken);

        public override void AbortRead(long code) => inner.AbortRead(code);

        public override void AbortWrite(long code) => inner.AbortWrite(code);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
