namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// Streams over an ordered channel of messages: no socket, no clock, no task of its own. Messages go in by <see cref="TryReceive"/> and come
/// out by <see cref="Fill"/>; the rest is the app's side. Everything is under <see cref="Gate"/>.
/// </summary>
internal sealed partial class Multiplexer
{
    private readonly bool _isListener;
    private readonly Dictionary<long, WebSocketStream> _streams = [];
    private readonly OutboundStreams[] _outbound = [new(), new()];
    private readonly InboundStreams[] _inbound;
    private readonly Queue<WebSocketStream> _toAccept = new();
    private int _buffered;
    private long _accepted;

    public Multiplexer(TransportConnectionOptions options, bool isListener)
    {
        Options = options;
        _isListener = isListener;
        _inbound = [new InboundStreams(options.MaxInboundBidirectionalStreams), new InboundStreams(options.MaxInboundUnidirectionalStreams)];
        _maxReceive = options.ConnectionWindowBytes;
    }

    public Lock Gate { get; } = new();

    public TransportConnectionOptions Options { get; }

    /// <summary>How it ended; null while it lives.</summary>
    public TransportCloseReason? Reason { get; private set; }

    /// <summary>What the peer allowed at the start; null until it said so.</summary>
    public FrameSettings? PeerSettings { get; private set; }

    /// <summary>Pulsed when <see cref="Fill"/> may have something to say.</summary>
    public Signal Work { get; } = new();

    /// <summary>Pulsed when a stream waits to be accepted, or none will come any more.</summary>
    public Signal Acceptable { get; } = new();

    /// <summary>Pulsed when <see cref="SendRoom"/> grew.</summary>
    public Signal SendRoomFreed { get; } = new();

    /// <summary>Bytes that may still be written on all streams together.</summary>
    public int SendRoom => Options.ConnectionSendBufferBytes - _buffered;

    /// <summary>Everything the app wrote is in a message.</summary>
    public bool IsFlushed => !_streams.Values.Any(stream => stream.HasUnsent);

    public ConnectionStatistics Statistics => new(
        TimeSpan.Zero, _sent, _received, _outbound[0].Opened + _outbound[1].Opened, _accepted, DatagramBytesMax: 0);

    /// <returns>The stream, or null with somebody who waits for one.</returns>
    public WebSocketStream? Open(StreamDirection direction, out WaitingOpen? waiting)
    {
        waiting = null;
        if (Reason is not null)
            throw TransportException.Closed(Reason);

        OutboundStreams outbound = _outbound[(int)direction];
        if (outbound.TryTake() is { } number)
            return Add(number, direction);
        if (_outbound[0].Waiting + _outbound[1].Waiting >= Options.MaxWaitingOpens)
            throw new TransportException(TransportErrorKind.LimitReached, "Too many opens wait for the peer's stream limit.");

        waiting = outbound.Enqueue();
        return null;
    }

    /// <returns>False where it got its stream in the meantime.</returns>
    public bool TryCancel(StreamDirection direction, WaitingOpen waiting) => _outbound[(int)direction].TryCancel(waiting);

    /// <summary>A stream the peer opened and nobody has taken yet.</summary>
    public WebSocketStream? Accept()
    {
        if (!_toAccept.TryDequeue(out WebSocketStream? stream))
            return null;

        stream.IsAccepted = true;
        _accepted++;
        ForgetIfOver(stream);
        return stream;
    }

    /// <summary>Ends everything. What arrived before stays readable; <see cref="Fill"/> has one last word, if there is one.</summary>
    public void Finish(TransportCloseReason reason, TransportEnd? end = null)
    {
        if (Reason is not null)
            return;

        Reason = reason;
        _end = end;
        _isCloseDue = reason is { Kind: TransportErrorKind.ClosedLocally, ApplicationCode: not null };
        TransportException error = TransportException.Closed(reason);
        foreach (WebSocketStream stream in _streams.Values)
            stream.Fail(error);

        _streams.Clear();
        foreach (WaitingOpen open in _outbound.SelectMany(outbound => outbound.TakeAll()))
            open.Completion.TrySetException(TransportException.Closed(reason));

        Work.Pulse();
        Acceptable.Pulse();
        SendRoomFreed.Pulse();
    }

    /// <summary>Counts bytes into or out of the send buffers.</summary>
    public void Buffered(int bytes)
    {
        _buffered += bytes;
        if (bytes < 0)
            SendRoomFreed.Pulse();
    }

    private WebSocketStream Add(long number, StreamDirection direction)
    {
        var stream = new WebSocketStream(this, StreamIds.Create(number, direction, _isListener), isLocal: true, PeerSettings!.Value.MaxStreamData);
        _streams.Add(stream.Id, stream);
        return stream;
    }

    private void Serve(StreamDirection direction)
    {
        while (_outbound[(int)direction].TryServe(out WaitingOpen open, out long number))
            open.Completion.TrySetResult(Add(number, direction));
    }

    // The peer gets its slot back when the stream was accepted and has ended both ways.
    private void ForgetIfOver(WebSocketStream stream)
    {
        if (!stream.IsOver || (!stream.IsLocal && !stream.IsAccepted) || !_streams.Remove(stream.Id) || stream.IsLocal)
            return;

        _inbound[(int)stream.Direction].Return();
        Work.Pulse();
    }
}
