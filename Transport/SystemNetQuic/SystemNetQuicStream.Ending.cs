namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>When each direction is over, and when the library may let go of the stream, which is what gives the peer its slot back.</summary>
internal sealed partial class SystemNetQuicStream
{
    private bool _isAccepted;
    private bool _isReadOver;
    private bool _isWriteOver;
    private bool _isReleased;
    private int _aborting;

    /// <summary>The app has it.</summary>
    public void Accepted()
    {
        lock (Gate)
            _isAccepted = true;

        Settle();
    }

    /// <summary>The connection is over. What arrived before it can still be read: where it is the peer's end, the reading task finds it by itself. Under the lock.</summary>
    public void ConnectionEnded(TransportCloseReason reason)
    {
        if (!_isDelivered)
            FailWrite(TransportException.Closed(reason));

        if (!reason.IsPeer && !_isEndReceived && CanRead)
            FailRead(TransportException.Closed(reason));
    }

    /// <summary>Has the library let go of the stream, once the reading task has had the last of it.</summary>
    public async Task ReleaseAsync()
    {
        await _reading.ConfigureAwait(false);
        lock (Gate)
            _isReleased = true;

        try
        {
            await _library.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            // The connection is over, and the stream with it.
        }

        // The library is done with the end; when it was acknowledged must be noted before the stream is forgotten.
        await _watching.ConfigureAwait(false);
        _connection.Forget(this);
    }

    // Both directions are over and the app has had it: only then, because the library's dispose is what returns the slot.
    private void Settle()
    {
        lock (Gate)
        {
            // Once the connection is over it releases every stream itself, when the library has closed: before that, a write that was cut off
            // would be ended as if it were whole.
            if (_connection.Reason is not null)
                return;

            // An end that is sent is over; that it arrived, the library waits for itself.
            _isWriteOver |= !_isSending && (_isEndSent || _writeError is not null);
            // Nor while it is told of an abort: released first, it would end a direction its own way, and a write as if it were whole.
            if (_isReleased || !_isAccepted || !_isReadOver || !_isWriteOver || _aborting > 0)
                return;

            _isReleased = true;
        }

        _ = ReleaseAsync();
    }

    private void DropReceived() => _connection.ReadAhead(-_received.Clear());

    private void FailRead(TransportException error)
    {
        _readError ??= error;
        _readable.Pulse();
        _readRoom.Pulse();
    }

    private void FailWrite(TransportException error)
    {
        if (_writeError is not null)
            return;

        _writeError = error;
        _connection.Buffered(-_outgoing.Clear());
        _writable.Pulse();
        _flushed.Pulse();
    }
}
