using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>The loop's side of a stream: called on its thread alone. What returns bytes has taken them out of the send buffer's bound.</summary>
internal sealed partial class Ngtcp2Stream
{
    private const int WakePortion = 4;

    private volatile bool _isAccepted;
    private volatile bool _isClosed;

    internal bool IsLocal => _isLocal;

    /// <summary>In line to send. The loop's own.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Held back by flow control. The loop's own.</summary>
    internal bool IsBlocked { get; set; }

    /// <summary>The peer may open another in its place. The loop's own.</summary>
    internal bool IsSlotGivenBack { get; set; }

    /// <summary>Over in the engine.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>The app has taken it.</summary>
    internal bool IsAccepted => _isAccepted;

    /// <summary>Hands over what was asked for since the last time.</summary>
    internal StreamOrder TakeOrder()
    {
        lock (_gate)
        {
            var order = new StreamOrder(this, ConsumedBytes, _stopCode, _resetCode, HasWork);
            IsPosted = false;
            ConsumedBytes = 0;
            _stopCode = null;
            _resetCode = null;
            return order;
        }
    }

    internal bool HasUnsent()
    {
        lock (_gate)
            return HasWork;
    }

    /// <summary>Whether bytes were sent that the peer has not acknowledged.</summary>
    internal bool HasUnacknowledged()
    {
        lock (_gate)
            return _outgoing.HasUnacknowledged;
    }

    /// <summary>Points at what is to be sent next; false when that is nothing, not even the end.</summary>
    internal unsafe bool TryGather(VecStruct* vectors, int max, out int count, out bool isEnd)
    {
        lock (_gate)
        {
            if (!HasWork)
            {
                (count, isEnd) = (0, false);
                return false;
            }

            count = _outgoing.Gather(vectors, max, out isEnd);
            isEnd &= _isEndUnsent;
            return true;
        }
    }

    /// <returns>Whether there is more.</returns>
    internal bool Sent(nint count, bool isEnd)
    {
        lock (_gate)
        {
            _outgoing.Sent(count);
            _isEndUnsent &= !isEnd;
            return HasWork;
        }
    }

    internal void Receive(ReadOnlySpan<byte> data, bool isEnd)
    {
        lock (_gate)
        {
            if (_readError is not null)
            {
                // Given up here: the bytes are credit for the others at once.
                _connection.Consumed(this, data.Length);
                return;
            }

            _isReadEnded |= isEnd;
            if (_pendingRead is { IsWaiting: true } && (isEnd || !data.IsEmpty))
                data = Answer(_pendingRead, data, isEnd);
            else if (_pendingRead is { IsAnswered: true } && _received.Count == 0)
                data = Fill(_pendingRead, data, isEnd);

            _received.Append(data);
            _isReadOver = _isReadEnded && _received.Count == 0;
        }
    }

    // Straight into the buffer of whoever waits; returns what did not fit.
    private ReadOnlySpan<byte> Answer(PendingRead read, ReadOnlySpan<byte> data, bool isEnd)
    {
        data = Fill(read, data, isEnd);
        _connection.CompleteLater(read);
        return data;
    }

    private ReadOnlySpan<byte> Fill(PendingRead read, ReadOnlySpan<byte> data, bool isEnd)
    {
        int count = read.Answer(data, isEnd);
        _connection.Consumed(this, count);
        return data[count..];
    }

    internal void ResetByPeer(long code)
    {
        lock (_gate)
        {
            DropReceived();
            FailRead(TransportException.Reset(code));
        }
    }

    internal int StoppedByPeer(long code)
    {
        lock (_gate)
        {
            FailWrite(TransportException.Stopped(code));
            return _outgoing.Clear();
        }
    }

    internal void WakeWriter()
    {
        lock (_gate)
            _writable?.Wake();
    }

    internal int Acknowledged(ulong upTo)
    {
        lock (_gate)
        {
            int freed = _outgoing.Acknowledged(upTo);
            // Not for each packet: a writer that is woken costs more than the bytes it then has room for. All of it comes back in the end.
            if (freed > 0 && Room >= _connection.Options.StreamSendBufferBytes / WakePortion)
                _writable?.Wake();

            return freed;
        }
    }

    /// <summary>The engine has forgotten the stream: both directions are over.</summary>
    internal int Closed()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_readError is null && !_isReadEnded)
                FailRead(TransportException.Reset(0));

            if (_writeError is null && !_isWriteEnded)
                FailWrite(TransportException.Stopped(0));

            return _outgoing.Clear();
        }
    }

    /// <summary>The connection is over; what arrived before can still be read.</summary>
    internal int Fail(TransportException error)
    {
        lock (_gate)
        {
            _isClosed = true;
            if (!_isReadEnded)
                FailRead(error);

            if (!_isWriteEnded || _isEndUnsent)
                FailWrite(error);

            return _outgoing.Clear();
        }
    }
}
