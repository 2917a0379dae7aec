using System.Net;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// A QUIC connection. This part is the app's side, any thread: what opens, accepts and ends is under <see cref="Gate"/>, what is asked for
/// often goes without a lock. The engine's side is in Ngtcp2Connection.Engine.cs and its callbacks, on the loop's thread alone.
/// A stream's own lock comes before this one, and nobody holds two streams' locks.
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
    private Queue<Ngtcp2Stream> _toOpen = new();
    private TransportCloseReason? _reason;
    private (long Code, string Reason)? _wantedClose;
    private bool _isCloseWanted;
    private long _streamsAccepted;

    // The last stream posted, which names the one before it; the loop takes them all at once.
    private Ngtcp2Stream? _postedStreams;
    private int _isPosted;
    private int _buffered;
    private int _waitingForRoomCount;
    private int _consumed;

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
            {
                return new ConnectionStatistics(
                    TimeSpan.FromMicroseconds(Volatile.Read(ref _smoothedRoundTripNanoseconds) / 1000.0), Volatile.Read(ref _bytesSent), Volatile.Read(ref _bytesReceived), _bidirectional.Opened + _unidirectional.Opened, _streamsAccepted, Volatile.Read(ref _datagramBytesMax));
            }
        }
    }

    private Lock Gate { get; } = new();

    internal TransportConnectionOptions Options { get; }

    internal bool IsServer { get; }

    internal ReadOnlyMemory<byte> Hash { get; set; }

    internal BlockPool Blocks => _loop.Blocks;

    /// <summary>Completes when the handshake has; faults when it failed.</summary>
    internal Task Handshaken => _handshake.Task;

    /// <summary>More may be written on all streams together.</summary>
    internal bool HasRoom => Volatile.Read(ref _buffered) < Options.ConnectionSendBufferBytes;

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
            Ngtcp2Stream? stream;
            Task? wait = null;
            lock (Gate)
            {
                if (_toAccept.TryDequeue(out stream))
                    _streamsAccepted++;
                else if (_reason is not null)
                    return null;
                else
                    wait = _acceptable.Next;
            }

            if (stream is not null)
            {
                stream.Accept();
                return stream;
            }

            await wait!.WaitAsync(cancellationToken).ConfigureAwait(false);
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
            Volatile.Write(ref _isCloseWanted, true);
        }

        Post();

        await _closeSent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => CloseAsync(0, string.Empty);

    /// <summary>Has the loop look at a stream. Under the stream's lock.</summary>
    internal void Post(Ngtcp2Stream stream)
    {
        if (!stream.IsPosted)
        {
            stream.IsPosted = true;
            Ngtcp2Stream? last;
            do
            {
                last = Volatile.Read(ref _postedStreams);
                stream.PostedBefore = last;
            }
            while (Interlocked.CompareExchange(ref _postedStreams, stream, last) != last);
        }

        Post();
    }

    /// <summary>Takes as much of the send buffers' common bound as there is; returns how much that was.</summary>
    internal int TakeRoom(int wanted)
    {
        while (true)
        {
            int buffered = Volatile.Read(ref _buffered);
            int granted = Math.Min(wanted, Options.ConnectionSendBufferBytes - buffered);
            if (granted <= 0)
                return 0;

            if (Interlocked.CompareExchange(ref _buffered, buffered + granted, buffered) == buffered)
                return granted;
        }
    }

    /// <summary>Bytes left the send buffers. Under no stream's lock: it takes those of the streams that wait.</summary>
    internal void GiveRoomBack(int bytes)
    {
        if (bytes == 0)
            return;

        Interlocked.Add(ref _buffered, -bytes);
        if (Volatile.Read(ref _waitingForRoomCount) == 0)
            return;

        Ngtcp2Stream[] waiting;
        lock (Gate)
        {
            waiting = [.. _waitingForRoom];
            _waitingForRoom.Clear();
            _waitingForRoomCount = 0;
            foreach (Ngtcp2Stream stream in waiting)
                stream.IsWaitingForRoom = false;
        }

        foreach (Ngtcp2Stream stream in waiting)
            stream.WakeWriter();
    }

    /// <summary>
    /// A write waits until the connection has room again. Room given back before this is not announced: look at <see cref="HasRoom"/> afterwards.
    /// Under the stream's lock.
    /// </summary>
    internal void WaitForRoom(Ngtcp2Stream stream)
    {
        lock (Gate)
        {
            if (stream.IsWaitingForRoom)
                return;

            stream.IsWaitingForRoom = true;
            _waitingForRoom.Add(stream);
            Interlocked.Increment(ref _waitingForRoomCount);
        }
    }

    /// <summary>
    /// Bytes left a stream's receive buffer. The peer hears of it in portions, of the stream's credit and of the connection's each by itself:
    /// an answer for each read would cost more than the read. Under the stream's lock.
    /// </summary>
    internal void Consumed(Ngtcp2Stream stream, int bytes)
    {
        stream.ConsumedBytes += bytes;
        int consumed = Interlocked.Add(ref _consumed, bytes);
        if (stream.ConsumedBytes >= Options.StreamWindowBytes / CreditPortion)
            Post(stream);
        else if (consumed >= Options.ConnectionWindowBytes / CreditPortion)
            Post();
    }

    // Once until the loop has looked: what is asked for before that, it sees with the same look.
    private void Post()
    {
        if (Volatile.Read(ref _isPosted) == 0 && Interlocked.Exchange(ref _isPosted, 1) == 0)
            _loop.Post(this);
    }

    private OutboundStreams Outbound(StreamDirection direction) => direction == StreamDirection.Bidirectional ? _bidirectional : _unidirectional;

    // Ids are given out here, in the engine's own order (RFC 9000 section 2.1). It hears of one with its first bytes, or a later one's.
    private Ngtcp2Stream Open(StreamDirection direction, long number)
    {
        long id = (number << 2) | (direction == StreamDirection.Unidirectional ? 2L : 0L) | (IsServer ? 1L : 0L);
        var stream = new Ngtcp2Stream(this, id, isLocal: true);
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
        WaitingOpen[] opens;
        Ngtcp2Stream[] streams;
        lock (Gate)
        {
            if (_reason is not null)
                return;

            _reason = reason;
            opens = [.. _bidirectional.TakeAll(), .. _unidirectional.TakeAll()];
            streams = [.. _streams.Values, .. _opening, .. _toOpen];
            _toOpen.Clear();
            _acceptable.Pulse();
        }

        _streams.Clear();
        _opening.Clear();
        foreach (Ngtcp2Stream stream in streams)
            GiveRoomBack(stream.Fail(error));

        foreach (WaitingOpen open in opens)
            open.Completion.TrySetException(TransportException.Closed(reason));

        _handshake.TrySetException(error);
        _ = _handshake.Task.Exception;
        _closeSent.TrySetResult();
        _closed.TrySetResult(reason);
    }
}
