namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// A stream as the app sees it. It owns what waits in either direction; when and what of it travels is the multiplexer's, under whose lock
/// everything here is (WebSocketStream.Frames.cs).
/// </summary>
internal sealed partial class WebSocketStream : TransportStream
{
    private readonly Multiplexer _multiplexer;
    private readonly ByteQueue _received = new();
    private readonly ByteQueue _outgoing = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private bool _isEndReceived;
    private bool _isEndWritten;
    private TransportException? _readError;
    private TransportException? _writeError;

    public WebSocketStream(Multiplexer multiplexer, long id, bool isLocal, long maxSend)
    {
        _multiplexer = multiplexer;
        Id = id;
        IsLocal = isLocal;
        Direction = StreamIds.Direction(id);
        _maxSend = maxSend;
        _maxReceive = multiplexer.Options.StreamWindowBytes;
    }

    public override long Id { get; }

    public override StreamDirection Direction { get; }

    public override bool CanRead => Direction == StreamDirection.Bidirectional || !IsLocal;

    public override bool CanWrite => Direction == StreamDirection.Bidirectional || IsLocal;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!CanRead)
            throw new InvalidOperationException("This end only writes on a unidirectional stream it opened.");
        if (buffer.IsEmpty)
            throw new ArgumentException("A read needs room for at least one byte: 0 means the end of the stream.", nameof(buffer));

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (_multiplexer.Gate)
            {
                if (_received.Count > 0)
                {
                    int count = _received.Read(buffer.Span);
                    Consumed(count);
                    return count;
                }

                if (_readError is not null)
                    throw Again(_readError);
                if (_isEndReceived)
                    return 0;

                wait = _readable.Next;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
    {
        if (!CanWrite)
            throw new InvalidOperationException("This end only reads on a unidirectional stream the peer opened.");

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (_multiplexer.Gate)
            {
                if (_writeError is not null)
                    throw Again(_writeError);
                if (_isEndWritten)
                    throw new InvalidOperationException("The stream was already ended by an earlier write.");

                data = data[Take(data.Span)..];
                if (data.IsEmpty)
                {
                    _isEndWritten = endStream;
                    _multiplexer.Ready(this);
                    return;
                }

                _multiplexer.Ready(this);
                wait = Task.WhenAny(_writable.Next, _multiplexer.SendRoomFreed.Next);
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void AbortRead(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanRead)
            return;

        lock (_multiplexer.Gate)
        {
            if (_readError is not null)
                return;

            DropReceived();
            FailRead(TransportException.AbortedLocally());
            if (_isEndReceived)
                return;

            _stopCode = code;
            _multiplexer.Control(this);
        }
    }

    public override void AbortWrite(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanWrite)
            return;

        lock (_multiplexer.Gate)
        {
            // What was ended is promised: it is still delivered.
            if (!_isEndWritten && _writeError is null)
                GiveUpWriting(code, TransportException.AbortedLocally());
        }
    }

    public override ValueTask DisposeAsync()
    {
        AbortRead(DisposedCode);
        AbortWrite(DisposedCode);
        return ValueTask.CompletedTask;
    }

    // One exception object is thrown once: each waiter gets its own, with its own stack.
    private static TransportException Again(TransportException error) =>
        new(error.Kind, error.Message) { ApplicationCode = error.ApplicationCode, IsPeer = error.IsPeer };

    private int Take(ReadOnlySpan<byte> data)
    {
        int room = Math.Min(_multiplexer.Options.StreamSendBufferBytes - _outgoing.Count, _multiplexer.SendRoom);
        int count = Math.Clamp(room, 0, data.Length);
        _outgoing.Append(data[..count]);
        _multiplexer.Buffered(count);
        return count;
    }

    private void FailRead(TransportException error)
    {
        _readError ??= error;
        _readable.Pulse();
    }

    private void FailWrite(TransportException error)
    {
        _writeError ??= error;
        _writable.Pulse();
    }
}
