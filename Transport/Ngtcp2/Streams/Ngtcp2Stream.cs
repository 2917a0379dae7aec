using System.Runtime.CompilerServices;
using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// A stream as both sides see it: the app reads and writes buffers under the stream's lock, the loop moves them. What the app wants of
/// the engine is noted in fields and done by the loop, once, whatever the number of calls. This part is the app's, on any thread.
/// </summary>
internal sealed partial class Ngtcp2Stream : TransportStream
{
    private readonly Lock _gate = new();
    private readonly Ngtcp2Connection _connection;
    private readonly ReceiveBuffer _received = new();
    private readonly SendBuffer _outgoing;
    private readonly bool _isLocal;
    private bool _isReadEnded;
    private volatile bool _isReadOver;
    private volatile bool _isWriteEnded;
    private PendingRead? _pendingRead;
    private Waiter? _writable;
    private TransportException? _readError;
    private TransportException? _writeError;
    private long? _stopCode;
    private long? _resetCode;

    // The end was written and is not sent yet.
    private bool _isEndUnsent;

    public Ngtcp2Stream(Ngtcp2Connection connection, long id, bool isLocal)
    {
        _connection = connection;
        _isLocal = isLocal;
        Id = id;
        Direction = (id & 2) == 0 ? StreamDirection.Bidirectional : StreamDirection.Unidirectional;
        _isAccepted = isLocal;
        _outgoing = new SendBuffer(connection.Blocks);
    }

    public override long Id { get; }

    public override StreamDirection Direction { get; }

    public override bool CanRead => Direction == StreamDirection.Bidirectional || !_isLocal;

    public override bool CanWrite => Direction == StreamDirection.Bidirectional || _isLocal;

    /// <summary>Waits to be looked at by the loop. Under the lock.</summary>
    internal bool IsPosted { get; set; }

    /// <summary>The stream posted before this one, while it is posted.</summary>
    internal Ngtcp2Stream? PostedBefore { get; set; }

    /// <summary>Bytes read, or dropped, whose credit the engine has not given back to the peer yet. Under the lock.</summary>
    internal int ConsumedBytes { get; set; }

    /// <summary>A write waits for room in the connection's send buffer. Under the connection's lock.</summary>
    internal bool IsWaitingForRoom { get; set; }

    // Of the stream's own bound.
    private int Room => _connection.Options.StreamSendBufferBytes - _outgoing.Unacknowledged;

    private bool HasWork => !IsClosed && _writeError is null && (_outgoing.HasUnsent || _isEndUnsent);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!CanRead)
            throw new InvalidOperationException("This end only writes on a unidirectional stream it opened.");
        if (buffer.IsEmpty)
            throw new ArgumentException("A read needs room for at least one byte: 0 means the end of the stream.", nameof(buffer));

        cancellationToken.ThrowIfCancellationRequested();
        // Nothing can follow the end, so it needs no lock.
        if (_isReadOver)
            return new(0);

        lock (_gate)
            return TryRead(buffer.Span, out int count) ? new(count) : (_pendingRead ??= new PendingRead(_gate)).WaitAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
    {
        if (!CanWrite)
            throw new InvalidOperationException("This end only reads on a unidirectional stream the peer opened.");

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            data = data[Take(data.Span, endStream)..];
            if (data.IsEmpty)
                return ValueTask.CompletedTask;
        }

        return WaitAndWriteAsync(data, endStream, cancellationToken);
    }

    public override void AbortRead(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanRead || _isReadOver)
            return;

        lock (_gate)
        {
            if (_isReadEnded || _readError is not null)
            {
                DropReceived();
                return;
            }

            _stopCode = code;
            DropReceived();
            FailRead(TransportException.AbortedLocally());
            _connection.Post(this);
        }
    }

    public override void AbortWrite(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanWrite || _isWriteEnded)
            return;

        lock (_gate)
        {
            if (_isWriteEnded || _writeError is not null)
                return;

            _resetCode = code;
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

    /// <summary>The app takes a stream the peer opened. It may be over already: then its slot goes back now.</summary>
    internal void Accept()
    {
        _isAccepted = true;
        // The loop ends it and then looks whether it is accepted: one of the two sees both.
        Interlocked.MemoryBarrier();
        if (!IsClosed)
            return;

        lock (_gate)
            _connection.Post(this);
    }

    // One exception object is thrown once: each waiter gets its own, with its own stack.
    private static TransportException Again(TransportException error) =>
        new(error.Kind, error.Message) { ApplicationCode = error.ApplicationCode, IsPeer = error.IsPeer };

    // True when there is an answer: bytes, the end, or what went wrong.
    private bool TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_received.Count > 0)
        {
            count = _received.Read(buffer);
            _connection.Consumed(this, count);
            _isReadOver = _isReadEnded && _received.Count == 0;
            return true;
        }

        if (_isReadEnded)
        {
            _isReadOver = true;
            return true;
        }

        return _readError is null ? false : throw Again(_readError);
    }

    // Puts as much as there is room for into the send buffer; returns how much that was.
    private int Take(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_writeError is not null)
            throw Again(_writeError);
        if (_isWriteEnded)
            throw new InvalidOperationException("The end of this stream was written already.");

        int count = _connection.TakeRoom(Math.Min(Room, data.Length));
        _outgoing.Append(data[..count]);
        bool isEnd = endStream && count == data.Length;
        _isWriteEnded |= isEnd;
        _isEndUnsent |= isEnd;
        if (count > 0 || isEnd)
            _connection.Post(this);

        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> data, bool endStream, CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueTask wait;
            lock (_gate)
            {
                data = data[Take(data.Span, endStream)..];
                if (data.IsEmpty)
                    return;

                wait = (_writable ??= new Waiter(_gate)).WaitAsync(cancellationToken);
                // Room of its own comes back with its own acknowledgements; where it has some, the connection's ran out.
                if (Room > 0)
                {
                    _connection.WaitForRoom(this);
                    if (_connection.HasRoom)
                        _writable.Wake();
                }
            }

            await wait.ConfigureAwait(false);
        }
    }

    private void DropReceived()
    {
        int dropped = _received.Count;
        _received.Clear();
        if (dropped > 0)
            _connection.Consumed(this, dropped);
    }

    private void FailRead(TransportException error)
    {
        _readError ??= error;
        _pendingRead?.Fail(Again(error));
    }

    private void FailWrite(TransportException error)
    {
        _writeError ??= error;
        _isEndUnsent = false;
        _writable?.Wake();
    }
}
