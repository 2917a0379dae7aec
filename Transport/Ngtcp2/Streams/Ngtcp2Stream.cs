using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// A stream as both sides see it: the app reads and writes buffers under the connection's lock, the loop moves them. What the app wants of
/// the engine is noted in fields and done by the loop, once, whatever the number of calls.
/// </summary>
internal sealed class Ngtcp2Stream : TransportStream
{
    private readonly Ngtcp2Connection _connection;
    private readonly ReceiveBuffer _received = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private readonly bool _isLocal;
    private bool _isReadEnded;
    private bool _isWriteEnded;
    private TransportException? _readError;
    private TransportException? _writeError;

    public Ngtcp2Stream(Ngtcp2Connection connection, long id, bool isLocal)
    {
        _connection = connection;
        _isLocal = isLocal;
        Id = id;
        Direction = (id & 2) == 0 ? StreamDirection.Bidirectional : StreamDirection.Unidirectional;
        Outgoing = new SendBuffer(connection.Blocks);
    }

    public override long Id { get; }

    public override StreamDirection Direction { get; }

    public override bool CanRead => Direction == StreamDirection.Bidirectional || !_isLocal;

    public override bool CanWrite => Direction == StreamDirection.Bidirectional || _isLocal;

    // What follows is the loop's, and guarded by the connection's lock where the app touches it too.
    internal bool IsLocal => _isLocal;

    internal SendBuffer Outgoing { get; }

    /// <summary>The end was written and is not sent yet.</summary>
    internal bool IsEndUnsent { get; private set; }

    internal bool IsQueued { get; set; }

    internal bool IsBlocked { get; set; }

    internal bool IsPosted { get; set; }

    internal bool IsClosed { get; set; }

    internal bool IsAccepted { get; set; }

    internal int ConsumedBytes { get; set; }

    internal long? StopCode { get; set; }

    internal long? ResetCode { get; set; }

    internal bool HasWork => !IsClosed && _writeError is null && (Outgoing.HasUnsent || IsEndUnsent);

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
            lock (_connection.Gate)
            {
                if (_received.Count > 0)
                {
                    int count = _received.Read(buffer.Span);
                    ConsumedBytes += count;
                    _connection.Post(this);
                    return count;
                }

                if (_isReadEnded)
                    return 0;

                if (_readError is not null)
                    throw Again(_readError);

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
            Task own;
            Task shared;
            lock (_connection.Gate)
            {
                if (_writeError is not null)
                    throw Again(_writeError);
                if (_isWriteEnded)
                    throw new InvalidOperationException("The end of this stream was written already.");

                int room = Math.Min(_connection.Options.StreamSendBufferBytes - Outgoing.Unacknowledged, _connection.SendRoom);
                int count = Math.Min(Math.Max(room, 0), data.Length);
                Outgoing.Append(data.Span[..count]);
                _connection.Buffered(count);
                data = data[count..];
                if (data.IsEmpty)
                {
                    _isWriteEnded = endStream;
                    IsEndUnsent = endStream;
                    if (count > 0 || endStream)
                        _connection.Post(this);

                    return;
                }

                _connection.Post(this);
                own = _writable.Next;
                shared = _connection.SendRoomFreed.Next;
            }

            await Task.WhenAny(own, shared).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void AbortRead(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanRead)
            return;

        lock (_connection.Gate)
        {
            if (_isReadEnded || _readError is not null)
            {
                DropReceived();
                return;
            }

            StopCode = code;
            DropReceived();
            FailRead(TransportException.AbortedLocally());
            _connection.Post(this);
        }
    }

    public override void AbortWrite(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanWrite)
            return;

        lock (_connection.Gate)
        {
            if (_isWriteEnded || _writeError is not null)
                return;

            ResetCode = code;
            FailWrite(TransportException.AbortedLocally());
            _connection.Post(this);
        }
    }

    public override ValueTask DisposeAsync()
    {
        AbortRead(DisposedCode);
        AbortWrite(DisposedCode);
        return ValueTask.CompletedTask;
    }

    internal void Receive(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (_readError is not null)
        {
            // Given up here: the bytes are credit for the others at once.
            ConsumedBytes += data.Length;
            return;
        }

        _received.Append(data);
        _isReadEnded |= isEnd;
        _readable.Pulse();
    }

    internal void ResetByPeer(long code)
    {
        DropReceived();
        FailRead(TransportException.Reset(code));
    }

    internal void StoppedByPeer(long code)
    {
        DropOutgoing();
        FailWrite(TransportException.Stopped(code));
    }

    internal void EndSent() => IsEndUnsent = false;

    internal void Acknowledged(ulong upTo)
    {
        int freed = Outgoing.Acknowledged(upTo);
        if (freed > 0)
        {
            _connection.Buffered(-freed);
            _writable.Pulse();
        }
    }

    /// <summary>The engine has forgotten the stream: both directions are over.</summary>
    internal void Closed()
    {
        IsClosed = true;
        DropOutgoing();
        if (_readError is null && !_isReadEnded)
            FailRead(TransportException.Reset(0));

        if (_writeError is null && !_isWriteEnded)
            FailWrite(TransportException.Stopped(0));
    }

    /// <summary>The connection is over; what arrived before can still be read.</summary>
    internal void Fail(TransportException error)
    {
        IsClosed = true;
        DropOutgoing();
        if (!_isReadEnded)
            FailRead(error);

        if (!_isWriteEnded || IsEndUnsent)
            FailWrite(error);
    }

    // One exception object is thrown once: each waiter gets its own, with its own stack.
    private static TransportException Again(TransportException error) =>
        new(error.Kind, error.Message) { ApplicationCode = error.ApplicationCode, IsPeer = error.IsPeer };

    private void DropReceived()
    {
        ConsumedBytes += _received.Count;
        _received.Clear();
        _connection.Post(this);
    }

    private void FailRead(TransportException error)
    {
        _readError ??= error;
        _readable.Pulse();
    }

    private void FailWrite(TransportException error)
    {
        _writeError ??= error;
        IsEndUnsent = false;
        _writable.Pulse();
    }

    private void DropOutgoing() => _connection.Buffered(-Outgoing.Clear());
}
