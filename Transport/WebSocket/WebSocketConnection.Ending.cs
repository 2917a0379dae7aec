namespace ZeroKSync.Transport.WebSocket;

/// <summary>How a connection starts to count time, and every way it ends.</summary>
public sealed partial class WebSocketConnection
{
    private void Start()
    {
        _idleTimeout = TimeSpan.FromMilliseconds(Math.Min(_multiplexer.PeerSettings!.Value.IdleMilliseconds, _multiplexer.Options.IdleTimeout.TotalMilliseconds));
        _idle = new IdleTimer(_idleTimeout, _timeProvider, () => Finish(new TransportCloseReason(TransportErrorKind.IdleTimeout, null, string.Empty, IsPeer: false), TransportEnd.Idle));
        _idle.Start();
        if (_multiplexer.Options.KeepAliveInterval > TimeSpan.Zero)
        {
            _keptSending.Start();
            _keptHearing.Start();
        }

        _started.TrySetResult();
    }

    private void Heard()
    {
        _idle?.Heard();
        _keptHearing.Heard();
    }

    // Silence in either direction is ended by a ping: the peer's idle timeout hears it, and this end's hears the answer.
    private void Ping(IdleTimer timer)
    {
        timer.Heard();
        lock (_multiplexer.Gate)
            _multiplexer.Ping();
    }

    // What an acknowledgement does in QUIC: a peer that only sends still hears from this end.
    private void AnswerIfLongSilent()
    {
        if (_idle is not null && _timeProvider.GetElapsedTime(_lastSentAt) >= _idleTimeout / AnswerShare)
            _multiplexer.Answer();
    }

    private void CloseNow()
    {
        (long code, string reason) = _wantedClose ?? (0, string.Empty);
        Finish(new TransportCloseReason(TransportErrorKind.ClosedLocally, code, reason, IsPeer: false));
    }

    private void Violated(string rule) =>
        Finish(new TransportCloseReason(TransportErrorKind.ProtocolViolation, null, $"the peer sent {rule}", IsPeer: false), TransportEnd.Violation);

    private void Finish(TransportCloseReason reason, TransportEnd? end = null)
    {
        lock (_multiplexer.Gate)
        {
            if (_multiplexer.Reason is not null)
                return;

            _multiplexer.Finish(reason, end);
        }

        Finished(reason);
    }

    private void Finished(TransportCloseReason reason)
    {
        _idle?.Stop();
        _keptSending.Stop();
        _keptHearing.Stop();
        _flushTimer?.Dispose();
        _lingerTimer = _timeProvider.CreateTimer(static self => ((WebSocketConnection)self!)._socket.Abort(), this, Linger, Timeout.InfiniteTimeSpan);
        _started.TrySetException(TransportException.Closed(reason));
        _ = _started.Task.Exception;
        _closed.TrySetResult(reason);
    }
}
