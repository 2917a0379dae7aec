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
    private readonly TaskCompletionSource<TransportCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _handshake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<Ngtcp2Stream> _toAccept = new();
    private readonly LinkedList<WaitingOpen> _opens = new();
    private readonly Signal _acceptable = new();
    private readonly QuicLoop _loop;
    private List<Ngtcp2Stream> _postedStreams = [];
    private TransportCloseReason? _reason;
    private (long Code, string Reason)? _wantedClose;
    private bool _isPosted;
    private int _buffered;
    private long _streamsOpened;
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
                return new ConnectionStatistics(TimeSpan.FromMicroseconds(_smoothedRoundTripNanoseconds / 1000.0), _bytesSent, _bytesReceived, _streamsOpened, _streamsAccepted);
        }
    }

    internal Lock Gate { get; } = new();

    internal TransportConnectionOptions Options { get; }

    internal bool IsServer { get; }

    internal ReadOnlyMemory<byte> Hash { get; set; }

    internal BlockPool Blocks { get; } = new();

    /// <summary>Completes when the handshake has; faults when it failed.</summary>
    internal Task Handshaken => _handshake.Task;

    /// <summary>Bytes that may still be written on all streams together.</summary>
    internal int SendRoom => Options.ConnectionSendBufferBytes - _buffered;

    /// <summary>Wakes writers that wait for the connection's room.</summary>
    internal Signal SendRoomFreed { get; } = new();

    public override async ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var open = new WaitingOpen(direction);
        lock (Gate)
        {
            if (_reason is not null)
                throw TransportException.Closed(_reason);

            if (_opens.Count >= Options.MaxWaitingOpens)
                throw new TransportException(TransportErrorKind.LimitReached, "Too many streams wait to be opened.");

            open.Node = _opens.AddLast(open);
            Post();
        }

        CancellationTokenRegistration registration = cancellationToken.Register(() => Cancel(open, cancellationToken));
        await using var _ = registration.ConfigureAwait(false);
        return await open.Completion.Task.ConfigureAwait(false);
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
        if (bytes < 0)
            SendRoomFreed.Pulse();
    }

    private void Post()
    {
        if (_isPosted || _phase == ConnectionPhase.Gone)
            return;

        _isPosted = true;
        _loop.Post(this);
    }

    private void Cancel(WaitingOpen open, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            // Opened in the meantime: the caller gets the stream, and its slot is not lost.
            if (open.Node?.List is null)
                return;

            _opens.Remove(open.Node);
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
            opens = [.. _opens];
            _opens.Clear();
            foreach (Ngtcp2Stream stream in _streams.Values)
                stream.Fail(error);

            _streams.Clear();
            _acceptable.Pulse();
            SendRoomFreed.Pulse();
        }

        foreach (WaitingOpen open in opens)
            open.Completion.TrySetException(TransportException.Closed(reason));

        _handshake.TrySetException(error);
        _ = _handshake.Task.Exception;
        _closeSent.TrySetResult();
        _closed.TrySetResult(reason);
    }

    private sealed class WaitingOpen(StreamDirection direction)
    {
        public StreamDirection Direction => direction;

        public TaskCompletionSource<TransportStream> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<WaitingOpen>? Node { get; set; }
    }
}
