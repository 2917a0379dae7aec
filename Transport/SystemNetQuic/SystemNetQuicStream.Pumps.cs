using System.Buffers;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>The two tasks that move bytes, and what the library says of each direction's end.</summary>
internal sealed partial class SystemNetQuicStream
{
    private const int ReadBlockBytes = 16 << 10;
    private const int SendBlockBytes = 64 << 10;

    private readonly Signal _readRoom = new();
    private readonly Signal _flushed = new();
    private Task _reading = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private bool _isSending;
    private int _sending;
    private bool _isEndSent;
    private bool _isDelivered;

    /// <summary>The peer acknowledged everything, and may still have to read it.</summary>
    public bool IsDeliveredUnanswered => _isDelivered && !(_isLocal && _isEndReceived);

    /// <summary>When the peer acknowledged the end.</summary>
    public long DeliveredAt { get; private set; }

    public void Start()
    {
        if (CanRead)
            _reading = ReadAheadAsync();
        if (CanWrite)
            _watching = WatchWritesAsync();
    }

    /// <summary>Completes when nothing written waits any more for the library or, after the end, for the peer.</summary>
    public async Task FlushedAsync()
    {
        while (true)
        {
            Task wait;
            lock (Gate)
            {
                if (_writeError is not null || _isDelivered || (!_isSending && !_isEndWritten && _outgoing.Count == 0))
                    return;

                wait = _flushed.Next;
            }

            await wait.ConfigureAwait(false);
        }
    }

    private async Task ReadAheadAsync()
    {
        try
        {
            while (await ReadOnceAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            lock (Gate)
            {
                TransportException error = QuicErrors.OfRead(exception, _connection.Reason);
                // A reset takes back what was sent before it; the connection's end does not.
                if (error.Kind == TransportErrorKind.StreamReset)
                    DropReceived();

                FailRead(error);
            }
        }

        lock (Gate)
            _isReadOver = true;

        Settle();
    }

    // False after the last.
    private async Task<bool> ReadOnceAsync()
    {
        // Without a buffer, so that a silent stream holds none.
        await _library.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        int room = await ReserveAsync().ConfigureAwait(false);
        if (room == 0)
            return false;

        byte[] block = ArrayPool<byte>.Shared.Rent(room);
        int kept = 0;
        try
        {
            int count = await _library.ReadAsync(block.AsMemory(0, room)).ConfigureAwait(false);
            lock (Gate)
                kept = Receive(block.AsSpan(0, count));

            return count > 0;
        }
        finally
        {
            lock (Gate)
                _connection.ReadAhead(kept - room);

            ArrayPool<byte>.Shared.Return(block);
        }
    }

    // How much may be read now, counted against the budgets; 0 where nothing more is wanted. Somebody who waits always gets a block.
    private async Task<int> ReserveAsync()
    {
        while (true)
        {
            Task wait;
            lock (Gate)
            {
                if (_readError is not null)
                    return 0;

                int room = Math.Min(_connection.Windows.StreamReadAhead - _received.Count, _connection.ReadAheadRoom);
                if (_isReaderWaiting)
                    room = ReadBlockBytes;

                if (room > 0)
                {
                    room = Math.Min(room, ReadBlockBytes);
                    _connection.ReadAhead(room);
                    return room;
                }

                if (_connection.Reason is { } ended)
                {
                    FailRead(TransportException.Closed(ended));
                    return 0;
                }

                wait = Task.WhenAny(_readRoom.Next, _connection.ReadAheadFreed.Next);
            }

            await wait.ConfigureAwait(false);
        }
    }

    private int Receive(ReadOnlySpan<byte> data)
    {
        _connection.BytesReceived += data.Length;
        if (_readError is not null)
            return 0;

        _received.Append(data);
        _isReaderWaiting = false;
        _isEndReceived = data.IsEmpty;
        _readable.Pulse();
        return data.Length;
    }

    private void StartSending()
    {
        lock (Gate)
        {
            if (_isSending || !HasUnsent)
                return;

            _isSending = true;
        }

        _ = SendAsync();
    }

    private bool HasUnsent => _writeError is null && (_outgoing.Count > 0 || (_isEndWritten && !_isEndSent));

    private async Task SendAsync()
    {
        try
        {
            while (await SendOnceAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            lock (Gate)
            {
                _isSending = false;
                FailWrite(QuicErrors.OfWrite(exception, _connection.Reason));
            }
        }

        Settle();
    }

    // False when there is nothing left.
    private async Task<bool> SendOnceAsync()
    {
        byte[] block;
        int count;
        bool isEnd;
        lock (Gate)
        {
            if (!HasUnsent)
            {
                _isSending = false;
                _flushed.Pulse();
                return false;
            }

            count = Math.Min(_outgoing.Count, SendBlockBytes);
            block = ArrayPool<byte>.Shared.Rent(count);
            _outgoing.Read(block.AsSpan(0, count));
            isEnd = _isEndWritten && _outgoing.Count == 0;
            _isEndSent = isEnd;
            _sending = count;
        }

        bool isDone = false;
        try
        {
            await _library.WriteAsync(block.AsMemory(0, count), isEnd).ConfigureAwait(false);
            isDone = true;
            return true;
        }
        finally
        {
            lock (Gate)
            {
                _sending = 0;
                _connection.Buffered(-count);
                _connection.BytesSent += isDone ? count : 0;
                _writable.Pulse();
            }

            // After a failure the library may hold on to it for a moment: such a block is not for others.
            if (isDone)
                ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task WatchWritesAsync()
    {
        try
        {
            await _library.WritesClosed.ConfigureAwait(false);
            lock (Gate)
            {
                _isDelivered = true;
                DeliveredAt = _connection.Timestamp;
                _flushed.Pulse();
            }
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            lock (Gate)
                FailWrite(QuicErrors.OfWrite(exception, _connection.Reason));
        }

        Settle();
    }
}
