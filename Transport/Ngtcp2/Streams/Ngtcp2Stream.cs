using System.Runtime.CompilerServices;
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
    private readonly bool _isLocal;
    private bool _isReadEnded;
    private volatile bool _isReadOver;
    private volatile bool _isWriteEnded;
    private Waiter? _readable;
    private Waiter? _writable;
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

    /// <summary>Bytes read, or dropped, whose credit the engine has not given back to the peer yet.</summary>
    internal int ConsumedBytes { get; set; }

    /// <summary>A write waits for room in the connection's send buffer.</summary>
    internal bool IsWaitingForRoom { get; set; }

    internal long? StopCode { get; set; }

    internal long? ResetCode { get; set; }

    internal bool HasWork => !IsClosed && _writeError is null && (Outgoing.HasUnsent || IsEndUnsent);

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

        ValueTask wait;
        lock (_connection.Gate)
        {
            if (TryRead(buffer.Span, out int count))
                return new(count);

            wait = (_readable ??= new Waiter(_connection.Gate)).WaitAsync(cancellationToken);
        }

        return WaitAndReadAsync(wait, buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
    {
        if (!CanWrite)
            throw new InvalidOperationException("This end only reads on a unidirectional stream the peer opened.");

        cancellationToken.ThrowIfCancellationRequested();
        lock (_connection.Gate)
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
        if (!CanWrite || _isWriteEnded)
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

    /// <summary>Hands over what was asked for since the last time. Under the lock.</summary>
    internal StreamOrder TakeOrder()
    {
        var order = new StreamOrder(this, ConsumedBytes, StopCode, ResetCode, HasWork);
        IsPosted = false;
        ConsumedBytes = 0;
        StopCode = null;
        ResetCode = null;
        return order;
    }

    internal void Receive(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (_readError is not null)
        {
            // Given up here: the bytes are credit for the others at once.
            _connection.Consumed(this, data.Length);
            return;
        }

        _received.Append(data);
        _isReadEnded |= isEnd;
        _connection.WakeAfterRead(_readable);
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

    internal void WakeWriter()
    {
        IsWaitingForRoom = false;
        _writable?.Wake();
    }

    internal void Acknowledged(ulong upTo)
    {
        int freed = Outgoing.Acknowledged(upTo);
        if (freed > 0)
        {
            _connection.Buffered(-freed);
            _writable?.Wake();
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReadAsync(ValueTask wait, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await wait.ConfigureAwait(false);
            lock (_connection.Gate)
            {
                if (TryRead(buffer.Span, out int count))
                    return count;

                wait = _readable!.WaitAsync(cancellationToken);
            }
        }
    }

    // Puts as much as there is room for into the send buffer; returns how much that was.
    private int Take(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_writeError is not null)
            throw Again(_writeError);
        if (_isWriteEnded)
            throw new InvalidOperationException("The end of this stream was written already.");

        int room = Math.Min(_connection.Options.StreamSendBufferBytes - Outgoing.Unacknowledged, _connection.SendRoom);
        int count = Math.Min(Math.Max(room, 0), data.Length);
        Outgoing.Append(data[..count]);
        _connection.Buffered(count);
        bool isEnd = endStream && count == data.Length;
        _isWriteEnded |= isEnd;
        IsEndUnsent |= isEnd;
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
            lock (_connection.Gate)
            {
                data = data[Take(data.Span, endStream)..];
                if (data.IsEmpty)
                    return;

                wait = (_writable ??= new Waiter(_connection.Gate)).WaitAsync(cancellationToken);
                if (_connection.SendRoom <= 0)
                    _connection.WaitForRoom(this);
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
        _readable?.Wake();
    }

    private void FailWrite(TransportException error)
    {
        _writeError ??= error;
        IsEndUnsent = false;
        _writable?.Wake();
    }

    private void DropOutgoing() => _connection.Buffered(-Outgoing.Clear());
}
