using System.Net;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// A QUIC connection. This part is the app's side: any thread, everything under <see cref="Gate"/>. The engine's side is in
/// Ngtcp2Connection.Engine.cs and its callbacks, on the loop's thread alone.
/// </summary>
internal sealed partial class Ngtcp2Connection : TransportConnection
{
    private const int CreditPortion = 8;

    private readonly TaskCompletionSource<TransportCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _handshake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<Ngtcp2Stream> _toAccept = new();
    private readonly OutboundStreams _bidirectional = new();
    private readonly OutboundStreams _unidirectional = new();
    private readonly List<Ngtcp2Stream> _waitingForRoom = [];
    private readonly Signal _acceptable = new();
    private readonly QuicLoop _loop;
    private readonly List<Ngtcp2Stream> _postedStreams = [];
    private Queue<Ngtcp2Stream> _toOpen = new();
    private TransportCloseReason? _reason;
    private (long Code, string Reason)? _wantedClose;
    private bool _isPosted;
    private int _buffered;
    private int _consumedUnposted;
    private long _streamsAccepted;

    public Ngtcp2Connection(QuicLoop loop, TransportConnectionOptions options, IPEndPoint remote, bool isServer)
    {
        _loop = loop;
        Options = options;
        RemoteEndPoint = remote;
        IsServer = isServer;
    }

    public override IPEndPoint RemoteEndPoint { get; }

    public override ReadOnlyMemory<byte> CertificateHash => Hash;

    public override Task<TransportCloseReason> Closed => _closed.Task;

    public override ConnectionStatistics Statistics
    {
        get
        {
            lock (Gate)
                return new ConnectionStatistics(TimeSpan.FromMicroseconds(_smoothedRoundTripNanoseconds / 1000.0), _bytesSent, _bytesReceived, _bidirectional.Opened + _unidirectional.Opened, _streamsAccepted);
        }
    }

    internal Lock Gate { get; } = new();

    internal TransportConnectionOptions Options { get; }

    internal bool IsServer { get; }

    internal ReadOnlyMemory<byte> Hash { get; set; }

    internal BlockPool Blocks => _loop.Blocks;

    /// <summary>Completes when the handshake has; faults when it failed.</summary>
    internal Task Handshaken => _handshake.Task;

    /// <summary>Bytes that may still be written on all streams together.</summary>
    internal int SendRoom => Options.ConnectionSendBufferBytes - _buffered;

    public override ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WaitingOpen open;
        lock (Gate)
        {
            if (_reason is not null)
                throw TransportException.Closed(_reason);

            OutboundStreams outbound = Outbound(direction);
            if (outbound.TryTake() is { } number)
                return new(Open(direction, number));

            if (_bidirectional.Waiting + _unidirectional.Waiting >= Options.MaxWaitingOpens)
                throw new TransportException(TransportErrorKind.LimitReached, "Too many streams wait to be opened.");

            open = outbound.Enqueue();
        }

        return WaitForSlotAsync(direction, open, cancellationToken);
    }

    public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (Gate)
            {
                if (_toAccept.TryDequeue(out Ngtcp2Stream? stream))
                {
                    stream.IsAccepted = true;
                    _streamsAccepted++;
                    // It may be over already: then its slot goes back now.
                    if (stream.IsClosed)
                        Post(stream);

                    return stream;
                }

                if (_reason is not null)
                    return null;

                wait = _acceptable.Next;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default)
    {
        CloseArguments.Check(code, reason);
        lock (Gate)
        {
            if (_reason is not null)
                return;

            _wantedClose ??= (code, CloseArguments.Cut(reason));
            Post();
        }

        await _closeSent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => CloseAsync(0, string.Empty);

    /// <summary>Has the loop look at a stream. Under <see cref="Gate"/>.</summary>
    internal void Post(Ngtcp2Stream stream)
    {
        if (!stream.IsPosted)
        {
            stream.IsPosted = true;
            _postedStreams.Add(stream);
        }

        Post();
    }

    /// <summary>Counts bytes into or out of the send buffers. Under <see cref="Gate"/>.</summary>
    internal void Buffered(int bytes)
    {
        _buffered += bytes;
        if (bytes >= 0 || _waitingForRoom.Count == 0)
            return;

        foreach (Ngtcp2Stream stream in _waitingForRoom)
            stream.WakeWriter();

        _waitingForRoom.Clear();
    }

    /// <summary>A write waits until the connection has room again. Under <see cref="Gate"/>.</summary>
    internal void WaitForRoom(Ngtcp2Stream stream)
    {
        if (stream.IsWaitingForRoom)
            return;

        stream.IsWaitingForRoom = true;
        _waitingForRoom.Add(stream);
    }

    /// <summary>
    /// Bytes left a stream's receive buffer. The peer hears of it in portions: an answer for each read would cost more than the read.
    /// Under <see cref="Gate"/>.
    /// </summary>
    internal void Consumed(Ngtcp2Stream stream, int bytes)
    {
        stream.ConsumedBytes += bytes;
        _consumedUnposted += bytes;
        if (stream.ConsumedBytes >= Options.StreamWindowBytes / CreditPortion || _consumedUnposted >= Options.ConnectionWindowBytes / CreditPortion || stream.IsClosed)
            Post(stream);
    }

    private void Post()
    {
        if (_isPosted || _phase == ConnectionPhase.Gone)
            return;

        _isPosted = true;
        _loop.Post(this);
    }

    private OutboundStreams Outbound(StreamDirection direction) => direction == StreamDirection.Bidirectional ? _bidirectional : _unidirectional;

    // Ids are given out here, in the engine's own order (RFC 9000 section 2.1). It hears of one with its first bytes, or a later one's.
    private Ngtcp2Stream Open(StreamDirection direction, long number)
    {
        long id = (number << 2) | (direction == StreamDirection.Unidirectional ? 2L : 0L) | (IsServer ? 1L : 0L);
        var stream = new Ngtcp2Stream(this, id, isLocal: true) { IsAccepted = true };
        _streams.Add(id, stream);
        _toOpen.Enqueue(stream);
        return stream;
    }

    private async ValueTask<TransportStream> WaitForSlotAsync(StreamDirection direction, WaitingOpen open, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(direction, open, cancellationToken), null);
        await using var _ = registration.ConfigureAwait(false);
        return await open.Completion.Task.ConfigureAwait(false);
    }

    private void Cancel(StreamDirection direction, WaitingOpen open, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            // Opened in the meantime: the caller gets the stream, and its slot is not lost.
            if (!Outbound(direction).TryCancel(open))
                return;
        }

        open.Completion.TrySetCanceled(cancellationToken);
    }

    // Everybody who waits learns how it ended. On the loop's thread.
    private void Finish(TransportCloseReason reason)
    {
        TransportException error = TransportException.Closed(reason);
        List<WaitingOpen> opens;
        lock (Gate)
        {
            if (_reason is not null)
                return;

            _reason = reason;
            opens = [.. _bidirectional.TakeAll(), .. _unidirectional.TakeAll()];
            foreach (Ngtcp2Stream stream in _streams.Values)
                stream.Fail(error);

            _streams.Clear();
            _toOpen.Clear();
            _waitingForRoom.Clear();
            _acceptable.Pulse();
        }

        foreach (WaitingOpen open in opens)
            open.Completion.TrySetException(TransportException.Closed(reason));

        _handshake.TrySetException(error);
        _ = _handshake.Task.Exception;
        _closeSent.TrySetResult();
        _closed.TrySetResult(reason);
    }
}
