using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Session;

/// <summary>
/// Changes the keys of a session while its streams run, at either end: looks when <see cref="RekeyRules"/> want it, answers the peer's REKEYs
/// on the session stream, moves every open stream, and erases what was replaced. Both methods may run beside each other.
/// </summary>
public sealed class SessionRekey : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SessionStreams _streams;
    private readonly FramePipe _session;
    private readonly RekeyExchange _exchange;
    private readonly RekeyLimits _limits;
    private readonly TimeProvider _time;
    private TimeSpan _epochBegan;
    private TimeSpan? _deadline;
    private Task _moving = Task.CompletedTask;

    private SessionRekey(SessionStreams streams, FramePipe session, RekeyExchange exchange, RekeyLimits limits, TimeProvider time)
    {
        _streams = streams;
        _session = session;
        _exchange = exchange;
        _limits = limits;
        _time = time;
        _epochBegan = Now;
        streams.Keys.Watch(limits.FramesSoft, limits.FramesHard);
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private SessionKeys Keys => _streams.Keys;

    /// <summary>The client's end.</summary>
    /// <param name="streams">Of the session.</param>
    /// <param name="session">The session stream.</param>
    /// <param name="device">The static key the session began with; stays the caller's.</param>
    /// <param name="relay">The relay it began with.</param>
    public static SessionRekey ForClient(SessionStreams streams, FramePipe session, X25519KeyPair device, RelayId relay, RekeyLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(streams);
        return new SessionRekey(streams, session, new RekeyExchange(streams.Keys, device, relay), limits, time);
    }

    /// <summary>The relay's end.</summary>
    /// <param name="streams">Of the session.</param>
    /// <param name="session">The session stream.</param>
    /// <param name="relayKey">The static key the session began with; stays the caller's.</param>
    public static SessionRekey ForRelay(SessionStreams streams, FramePipe session, X25519KeyPair relayKey, RekeyLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(streams);
        return new SessionRekey(streams, session, new RekeyExchange(streams.Keys, relayKey, relay: null), limits, time);
    }

    /// <summary>Looks after the keys until it is cancelled. It ends by itself only where the client is to open the session anew.</summary>
    /// <exception cref="RekeyException">The connection is to be closed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // Before the look: what happens meanwhile wakes the next one.
                Task due = Keys.Due.Next;
                (RekeyDecision decision, TimeSpan next) = Look();
                if (decision == RekeyDecision.Reopen)
                    return;

                if (decision is RekeyDecision.Start or RekeyDecision.Ask)
                    await _session.FlushAsync(endStream: false, cancellationToken).ConfigureAwait(false);
                else
                    await WaitAsync(due, next, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Moving.ConfigureAwait(false);
        }
    }

    /// <summary>Takes a REKEY that was just received on the session stream.</summary>
    /// <param name="message">As received, whole.</param>
    /// <param name="cancellationToken">Of the session.</param>
    /// <exception cref="RekeyException">The peer broke the exchange: the connection is to be closed.</exception>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        RekeyAction action = Take(message, out FramePipe[] moved);
        Keys.Due.Fire();
        if (action is RekeyAction.SendSecond or RekeyAction.SendThird or RekeyAction.Confirm)
            await _session.FlushAsync(endStream: false, cancellationToken).ConfigureAwait(false);

        if (moved.Length > 0)
            SendMoves(moved, cancellationToken);
    }

    /// <summary>Sees to it that nothing but the confirmation comes first under new keys: for each other message of the relay on the session stream.</summary>
    /// <exception cref="RekeyException">The relay used keys it had not confirmed.</exception>
    public void PassOther()
    {
        lock (_gate)
        {
            if (_session.Heard.Epoch > Keys.Epoch)
                throw Break();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
            _exchange.Break();
    }

    // What to do now, and when the next look is due.
    private (RekeyDecision Decision, TimeSpan Next) Look()
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            if (Keys.EraseReplaced(now))
                AbortStragglers();

            if (_deadline <= now)
            {
                _exchange.Break();
                throw new RekeyException(CloseCode.Deadline);
            }

            TimeSpan age = now - _epochBegan;
            RekeyDecision decision = RekeyRules.Decide(
                new RekeyFacts(_exchange.IsClient, _exchange.Phase, Keys.Epoch, Keys.EpochsLive, Keys.Frames, age), _limits);
            switch (decision)
            {
                case RekeyDecision.End:
                    _exchange.Break();
                    throw new RekeyException(CloseCode.OldEpoch);
                case RekeyDecision.Start:
                    Send(RekeyInput.Start);
                    _deadline = now + _limits.Deadline;
                    break;
                case RekeyDecision.Ask:
                    Send(RekeyInput.Ask);
                    break;
                default:
                    break;
            }

            return (decision, now + UntilNext(now, age));
        }
    }

    private TimeSpan UntilNext(TimeSpan now, TimeSpan age)
    {
        TimeSpan wait = RekeyRules.UntilNext(age, _limits);
        foreach (TimeSpan? at in (ReadOnlySpan<TimeSpan?>)[_deadline, Keys.NextErasure])
            wait = at is { } due && due - now < wait ? due - now : wait;

        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Send(RekeyInput wish)
    {
        _exchange.Take(wish, default, out byte[] message);
        _session.Append(new Rekey(message));
    }

    private RekeyAction Take(ReadOnlyMemory<byte> message, out FramePipe[] moved)
    {
        moved = [];
        lock (_gate)
        {
            if (!MessageCodec.TryDecode(message, out Rekey? rekey))
                throw Break();

            (int epoch, ulong frames) = _session.Heard;
            RekeyInput input = _exchange.Classify(rekey.HandshakeMessage.Length, epoch, frames);
            if (input == RekeyInput.First && !_exchange.IsClient && !RekeyRules.MayBegin(Keys.Epoch, Keys.EpochsLive, _limits))
                throw Break();

            RekeyAction action = _exchange.Take(input, rekey.HandshakeMessage.Span, out byte[] answer);
            switch (action)
            {
                case RekeyAction.Break:
                    throw Break();
                case RekeyAction.SendSecond:
                    _session.Append(new Rekey(answer));
                    _deadline = Now + _limits.Deadline;
                    break;
                case RekeyAction.SendThird:
                    _session.Append(new Rekey(answer));
                    break;
                case RekeyAction.Confirm:
                    // The first frame of the session stream under the new keys: a notice that another lane appends must not become it.
                    _session.SwitchAndAppend(() => Keys.Switch(Now + _limits.ReplacedLife), new Rekey(default));
                    moved = Move();
                    break;
                case RekeyAction.Switch:
                    Keys.Switch(Now + _limits.ReplacedLife);
                    moved = Move();
                    break;
                default:
                    break;
            }

            return action;
        }
    }

    // New keys for all streams at once; the frames that say so go out as each stream can.
    private FramePipe[] Move()
    {
        (_deadline, _epochBegan) = (null, Now);
        return _streams.Move();
    }

    private void SendMoves(FramePipe[] moved, CancellationToken cancellationToken)
    {
        var moves = Task.WhenAll(moved.Select(pipe => SendMoveAsync(pipe, cancellationToken)));
        lock (_gate)
            _moving = _moving.IsCompleted ? moves : Task.WhenAll(_moving, moves);
    }

    // A stream whose move fails is given up by its own lane, which meets the same failure.
    private static async Task SendMoveAsync(FramePipe pipe, CancellationToken cancellationToken) =>
        await pipe.SendMoveAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void AbortStragglers()
    {
        foreach (FramePipe pipe in _streams.Behind())
        {
            if (pipe == _session)
            {
                _exchange.Break();
                throw new RekeyException(CloseCode.OldEpoch);
            }

            pipe.Abort(CloseCode.OldEpoch);
        }
    }

    private RekeyException Break()
    {
        _exchange.Break();
        return new RekeyException(CloseCode.Handshake);
    }

    private async Task WaitAsync(Task due, TimeSpan next, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TimeSpan wait = next - Now;
        Task late = Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _time, done.Token);

        // A clock that passed the time before the timer was armed is not waited for once more.
        if (Now < next)
            await Task.WhenAny(due, late).ConfigureAwait(false);

        await done.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task Moving
    {
        get
        {
            lock (_gate)
                return _moving;
        }
    }
}
