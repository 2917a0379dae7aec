namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// How long one direction of a stream has waited for its peer. Only waiting counts: what this end takes its time for is not the peer's
/// fault. Nothing is armed, and no timer exists, for a stream that never waits.
/// </summary>
/// <param name="time">Measures and wakes.</param>
/// <param name="expired">Called once, on a timer's thread, when a wait lasted too long: returns at once.</param>
internal sealed class Patience(TimeProvider time, Action expired) : IDisposable
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private TimeSpan _waited;
    private TimeSpan _allowed;
    private long? _since;

    /// <summary>Whether it expired: the wait under way then ends with whatever <c>expired</c> did to it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A wait begins.</summary>
    /// <param name="allowed">For all waits since the last <see cref="Renew"/> together.</param>
    public void Begin(TimeSpan allowed)
    {
        lock (_gate)
        {
            _allowed = allowed;
            _since = time.GetTimestamp();
            _timer ??= time.CreateTimer(static patience => ((Patience)patience!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm(allowed - _waited);
        }
    }

    /// <summary>The wait is over.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_since is { } since)
                _waited += time.GetElapsedTime(since);

            _since = null;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The peer came up with what was waited for: the next waits count from zero.</summary>
    public void Renew()
    {
        lock (_gate)
            _waited = TimeSpan.Zero;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _since = null;
            _timer?.Dispose();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (IsOver || _since is not { } since)
                return;

            // Too early: timers run by a coarser clock, and one on its way when its wait ended may run into the next.
            TimeSpan left = _allowed - _waited - time.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }

            IsOver = true;
        }

        expired();
    }

    private void Arm(TimeSpan left)
    {
        // Rounded up: less than a millisecond would be none.
        double milliseconds = Math.Max(0, Math.Ceiling(left.TotalMilliseconds));
        _timer!.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
