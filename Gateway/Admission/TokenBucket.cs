namespace ZeroKSync.Gateway.Admission;

/// <summary>A bucket that refills evenly; time is passed in. Several threads may use one at once.</summary>
public sealed class TokenBucket
{
    private readonly Lock _gate = new();
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private long _lastTicks;

    /// <param name="perSecond">Tokens that come back in a second.</param>
    /// <param name="burst">Tokens it holds when it is full, as at the start.</param>
    /// <param name="nowTicks">Monotonic time in 100 ns.</param>
    public TokenBucket(double perSecond, double burst, long nowTicks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
        _lastTicks = nowTicks;
    }

    /// <summary>Takes one token, or says how long until there is one.</summary>
    public bool TryTake(long nowTicks, out TimeSpan wait)
    {
        lock (_gate)
        {
            bool isThere = HasOne(nowTicks, out wait);
            _tokens -= isThere ? 1 : 0;
            return isThere;
        }
    }

    /// <summary>Whether there is a token, without taking it; and how long until there is one.</summary>
    public bool MayTake(long nowTicks, out TimeSpan wait)
    {
        lock (_gate)
            return HasOne(nowTicks, out wait);
    }

    /// <summary>Takes one token even if it is not there yet: the next then waits longer.</summary>
    public void Take(long nowTicks)
    {
        lock (_gate)
        {
            Refill(nowTicks);
            _tokens--;
        }
    }

    /// <summary>Whether it is as it was made: then it need not be kept.</summary>
    public bool IsFull(long nowTicks)
    {
        lock (_gate)
        {
            Refill(nowTicks);
            return _tokens >= _burst;
        }
    }

    private bool HasOne(long nowTicks, out TimeSpan wait)
    {
        Refill(nowTicks);
        wait = _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
        return _tokens >= 1;
    }

    // A clock that stands still or goes back gives nothing and takes nothing.
    private void Refill(long nowTicks)
    {
        if (nowTicks <= _lastTicks)
            return;

        _tokens = Math.Min(_burst, _tokens + ((nowTicks - _lastTicks) / (double)TimeSpan.TicksPerSecond * _perSecond));
        _lastTicks = nowTicks;
    }
}
