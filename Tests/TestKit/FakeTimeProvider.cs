namespace ZeroKSync.TestKit;

/// <summary>
/// A clock that moves only when told. Timers run on the caller's thread, in the order of their time and then of their creation; a timer
/// armed inside a callback runs in the same <see cref="Advance"/> if its time falls inside.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(DateTimeOffset At, long Order), FakeTimer> _due = [];
    private DateTimeOffset _now;
    private long _order;

    public FakeTimeProvider(DateTimeOffset? start = null) => _now = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Timers armed and not yet run.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
                return _due.Count;
        }
    }

    /// <summary>Whether a timer runs when the clock has moved by this, and no sooner.</summary>
    public bool IsArmedFor(TimeSpan fromNow)
    {
        lock (_gate)
            return _due.Keys.Any(due => due.At == _now + fromNow);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and runs what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer)
            timer.Run();

        lock (_gate)
            _now = end;
    }

    private FakeTimer? TakeDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            foreach (var (key, timer) in _due)
            {
                if (key.At > end)
                    return null;

                _due.Remove(key);
                _now = key.At > _now ? key.At : _now;
                timer.Armed(null);
                if (timer.Period > TimeSpan.Zero)
                    ArmHoldingGate(timer, timer.Period);

                return timer;
            }

            return null;
        }
    }

    private void ArmHoldingGate(FakeTimer timer, TimeSpan dueTime)
    {
        var key = (_now + dueTime, _order++);
        _due.Add(key, timer);
        timer.Armed(key);
    }

    private sealed class FakeTimer(FakeTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private (DateTimeOffset, long)? _key;
        private bool _disposed;

        public TimeSpan Period { get; private set; }

        public void Armed((DateTimeOffset, long)? key) => _key = key;

        public void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                if (_disposed)
                    return false;

                Disarm();
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    owner.ArmHoldingGate(this, dueTime);

                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                _disposed = true;
                Disarm();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Disarm()
        {
            if (_key is { } key)
                owner._due.Remove(key);

            _key = null;
        }
    }
}
