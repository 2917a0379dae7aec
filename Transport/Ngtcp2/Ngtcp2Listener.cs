using System.Net;
using System.Threading.Channels;
using ZeroKSync.Transport.Admission;
using ZeroKSync.Transport.Ngtcp2.Admission;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>A listener: loops of its own, what they share of admission, and the finished handshakes that wait to be accepted.</summary>
internal sealed class Ngtcp2Listener : TransportListener
{
    private const long BusyCode = 0;

    private readonly LoopGroup _group;
    private readonly Channel<Ngtcp2Connection> _handshaken;
    private volatile bool _isStopped;
    private long _handshakes;
    private long _refused;
    private long _proofsAsked;

    public Ngtcp2Listener(TransportListenerOptions options, Ngtcp2Options engine)
    {
        Options = options;
        Admission = new HandshakeAdmission(options);
        CertificateHash = SelfSignedCertificate.Hash(options.Certificate);
        _handshaken = Channel.CreateBounded<Ngtcp2Connection>(options.AcceptBacklog);
        _group = LoopGroup.Listen(options, engine);
        foreach (QuicLoop loop in _group.Loops)
            loop.Newcomers = new Newcomers(loop, this);

        _group.Start();
    }

    public override IPEndPoint LocalEndPoint => _group.LocalEndPoint;

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override ListenerStatistics Statistics =>
        new(_group.ConnectionCount, Admission.HalfOpen, Interlocked.Read(ref _handshakes), Interlocked.Read(ref _refused), Interlocked.Read(ref _proofsAsked));

    internal TransportListenerOptions Options { get; }

    internal HandshakeAdmission Admission { get; }

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
        _isStopped = true;
        _handshaken.Writer.TryComplete();
        // Whoever comes after this is refused: every loop has seen it, or is over.
        await _group.RunOnAllAsync(static _ => { }).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        await _group.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Why nobody at all, or not this one, is taken; null to go on. On a loop's thread.</summary>
    internal ConnectionRefusal? GateRefusal(IPEndPoint remote) =>
        _isStopped ? ConnectionRefusal.Stopped
        : _group.ConnectionCount >= Options.MaxConnections ? ConnectionRefusal.TooManyConnections
        : Options.Admit?.Invoke(remote) == false ? ConnectionRefusal.NotAdmitted
        : null;

    /// <summary>A full backlog closes the newcomer instead of waiting for it. On a loop's thread.</summary>
    internal void Offer(Ngtcp2Connection connection)
    {
        Interlocked.Increment(ref _handshakes);
        if (_handshaken.Writer.TryWrite(connection))
            return;

        Refused(_isStopped ? ConnectionRefusal.Stopped : ConnectionRefusal.Busy);
        _ = connection.CloseAsync(BusyCode, "The listener is busy.").AsTask();
    }

    internal void Refused(ConnectionRefusal refusal)
    {
        Interlocked.Increment(ref _refused);
        Options.Refused?.Invoke(refusal);
    }

    internal void ProofAsked() => Interlocked.Increment(ref _proofsAsked);
}
