using System.Net;
using System.Threading.Channels;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>A listener: a loop of its own, and the finished handshakes that wait to be accepted.</summary>
internal sealed class Ngtcp2Listener : TransportListener
{
    private const long BusyCode = 0;

    private readonly QuicLoop _loop;
    private readonly Newcomers _newcomers;
    private readonly Channel<Ngtcp2Connection> _handshaken;

    public Ngtcp2Listener(TransportListenerOptions options)
    {
        CertificateHash = SelfSignedCertificate.Hash(options.Certificate);
        _handshaken = Channel.CreateBounded<Ngtcp2Connection>(options.AcceptBacklog);
        _loop = new QuicLoop(options.BindEndPoint, new TlsCredentials(options.Alpn, options.Certificate), "zks quic listener", options.StatelessResetKey);
        _newcomers = new Newcomers(_loop, options, CertificateHash, Offer);
        _loop.Post(() => _loop.Newcomers = _newcomers);
    }

    public override IPEndPoint LocalEndPoint => _loop.LocalEndPoint;

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _handshaken.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public override async ValueTask StopAcceptingAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _newcomers.IsClosed = true;
            closed.TrySetResult();
        });
        _handshaken.Writer.TryComplete();
        // Whoever comes after this is refused: the loop has seen it, or is over.
        await Task.WhenAny(closed.Task, _loop.Ended).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
    }

    // On the loop's thread: a full backlog closes the newcomer instead of waiting for it.
    private void Offer(Ngtcp2Connection connection)
    {
        if (!_handshaken.Writer.TryWrite(connection))
            _ = connection.CloseAsync(BusyCode, "The listener is busy.").AsTask();
    }
}
