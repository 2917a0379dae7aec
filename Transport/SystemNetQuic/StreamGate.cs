namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// Who may open a stream now, and who waits for the peer's limit, in turn. System.Net.Quic would wait too, but an open that is given up there
/// uses up a stream of the limit for good; so it is asked only for what the peer has granted. It is there before the connection, because
/// the first grant may be.
/// </summary>
/// <param name="maxWaiting">See <see cref="TransportConnectionOptions.MaxWaitingOpens"/>.</param>
internal sealed class StreamGate(int maxWaiting)
{
    private readonly Lock _gate = new();
    private readonly OutboundStreams[] _streams = [new(), new()];
    private readonly long[] _granted = new long[2];
    private TransportCloseReason? _closed;

    /// <summary>Opens a stream for somebody who waited. Set before anybody can.</summary>
    public Action<StreamDirection, WaitingOpen> Serve { get; set; } = static (_, _) => { };

    /// <summary>Streams that went through, of both directions.</summary>
    public long Opened
    {
        get
        {
            lock (_gate)
                return _streams[0].Opened + _streams[1].Opened;
        }
    }

    /// <returns>Null where a stream may be opened now; else a place in the line.</returns>
    /// <exception cref="TransportException">The connection is over, or too many wait.</exception>
    public WaitingOpen? Enter(StreamDirection direction)
    {
        lock (_gate)
        {
            if (_closed is not null)
                throw TransportException.Closed(_closed);
            if (_streams[(int)direction].TryTake() is not null)
                return null;
            if (_streams[0].Waiting + _streams[1].Waiting >= maxWaiting)
                throw new TransportException(TransportErrorKind.LimitReached, "Too many opens wait for the peer's stream limit.");

            return _streams[(int)direction].Enqueue();
        }
    }

    /// <returns>False where it was served in the meantime: its stream comes, and no slot is lost.</returns>
    public bool TryCancel(StreamDirection direction, WaitingOpen open)
    {
        lock (_gate)
            return _streams[(int)direction].TryCancel(open);
    }

    /// <summary>The peer allows this many more (StreamCapacityCallback; RFC 9000 section 19.11). They sum up in any order.</summary>
    public void Grant(int bidirectional, int unidirectional)
    {
        Grant(StreamDirection.Bidirectional, bidirectional);
        Grant(StreamDirection.Unidirectional, unidirectional);
    }

    /// <summary>Nobody opens any more; who waits learns why.</summary>
    public void Close(TransportCloseReason reason)
    {
        WaitingOpen[] waiting;
        lock (_gate)
        {
            _closed ??= reason;
            waiting = [.. _streams[0].TakeAll(), .. _streams[1].TakeAll()];
        }

        foreach (WaitingOpen open in waiting)
            open.Completion.TrySetException(TransportException.Closed(reason));
    }

    private void Grant(StreamDirection direction, int increment)
    {
        var served = new List<WaitingOpen>();
        lock (_gate)
        {
            _granted[(int)direction] += increment;
            _streams[(int)direction].Allow(_granted[(int)direction]);
            while (_streams[(int)direction].TryServe(out WaitingOpen open, out _))
                served.Add(open);
        }

        foreach (WaitingOpen open in served)
            Serve(direction, open);
    }
}
