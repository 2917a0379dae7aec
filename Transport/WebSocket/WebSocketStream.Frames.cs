namespace ZeroKSync.Transport.WebSocket;

/// <summary>The multiplexer's side of a stream: credit, what is due, and when each direction has ended.</summary>
internal sealed partial class WebSocketStream
{
    private long _maxSend;
    private long _sent;
    private long _maxReceive;
    private long _receivedTotal;
    private long _consumed;
    private bool _isSendOver;
    private bool _isReceiveOver;
    private long? _resetCode;
    private long? _stopCode;
    private bool _isWindowDue;

    /// <summary>Opened by this end.</summary>
    public bool IsLocal { get; }

    public bool IsAccepted { get; set; }

    /// <summary>In the multiplexer's line of streams with bytes or an end to send.</summary>
    public bool IsReady { get; set; }

    /// <summary>In the multiplexer's line of streams with a control frame to send.</summary>
    public bool IsControlDue { get; set; }

    /// <summary>Nothing more travels in either direction.</summary>
    public bool IsOver => (_isSendOver || !CanWrite) && (_isReceiveOver || !CanRead);

    /// <summary>Bytes or an end that the app wrote and no message holds yet.</summary>
    public bool HasUnsent => !_isSendOver && _writeError is null && (_outgoing.Count > 0 || _isEndWritten);

    /// <summary>The peer takes more bytes of this stream, or there is only its end to send.</summary>
    public bool HasCredit => _maxSend > _sent || _outgoing.Count == 0;

    /// <returns>False where the peer broke a rule.</returns>
    public bool TryReceive(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (_isReceiveOver || data.Length > _maxReceive - _receivedTotal)
            return false;

        _receivedTotal += data.Length;
        _isReceiveOver = isEnd;
        if (_readError is not null)
        {
            // Given up here: the bytes are credit for the others at once.
            _multiplexer.Consumed(data.Length);
            return true;
        }

        _received.Append(data);
        _isEndReceived = isEnd;
        _readable.Pulse();
        return true;
    }

    /// <inheritdoc cref="TryReceive"/>
    public bool TryReset(long code)
    {
        if (_isReceiveOver)
            return false;

        _isReceiveOver = true;
        DropReceived();
        FailRead(TransportException.Reset(code));
        return true;
    }

    /// <summary>The peer does not read any more. A direction that ended already is not concerned.</summary>
    public void Stopped(long code)
    {
        if (!_isSendOver && _writeError is null)
            GiveUpWriting(code, TransportException.Stopped(code));
    }

    public void Allow(long maxSend)
    {
        if (maxSend <= _maxSend)
            return;

        _maxSend = maxSend;
        _multiplexer.Ready(this);
    }

    /// <summary>Writes what is due besides bytes; it fits <see cref="FrameLimits.ControlBytesMax"/> thrice.</summary>
    public void WriteControls(ref FrameWriter writer)
    {
        if (_stopCode is { } stop && !_isReceiveOver)
            writer.Write(FrameType.Stop, Id, stop);

        _stopCode = null;
        if (_isWindowDue && !_isReceiveOver && _readError is null)
        {
            _maxReceive = _consumed + _multiplexer.Options.StreamWindowBytes;
            writer.Write(FrameType.MaxStreamData, Id, _maxReceive);
        }

        _isWindowDue = false;
        if (_resetCode is { } reset)
        {
            writer.Write(FrameType.Reset, Id, reset);
            _isSendOver = true;
        }

        _resetCode = null;
    }

    /// <summary>Writes as much as room and credit allow, which may be nothing.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteData(ref FrameWriter writer, long connectionCredit)
    {
        if (!HasUnsent)
            return 0;

        long credit = Math.Min(_maxSend - _sent, connectionCredit);
        int count = (int)Math.Min(Math.Min(credit, _outgoing.Count), writer.Room - FrameLimits.DataHeaderBytesMax);
        bool isEnd = _isEndWritten && count == _outgoing.Count;
        if (count == 0 && !isEnd)
            return 0;

        writer.WriteData(Id, _outgoing, count, isEnd);
        _sent += count;
        _isSendOver = isEnd;
        _multiplexer.Buffered(-count);
        _writable.Pulse();
        return count;
    }

    /// <summary>The connection is over; what arrived before can still be read.</summary>
    public void Fail(TransportException error)
    {
        if (!_isEndReceived)
            FailRead(error);

        if (!_isSendOver)
        {
            DropOutgoing();
            FailWrite(error);
        }
    }

    private void GiveUpWriting(long code, TransportException error)
    {
        DropOutgoing();
        FailWrite(error);
        _resetCode = code;
        _multiplexer.Control(this);
    }

    private void Consumed(int count)
    {
        _consumed += count;
        _multiplexer.Consumed(count);
        // Half a window at a time: an update for every read would double the frames.
        if (_isReceiveOver || _maxReceive - _consumed > _multiplexer.Options.StreamWindowBytes / 2)
            return;

        _isWindowDue = true;
        _multiplexer.Control(this);
    }

    private void DropReceived() => _multiplexer.Consumed(_received.Clear());

    private void DropOutgoing() => _multiplexer.Buffered(-_outgoing.Clear());
}
