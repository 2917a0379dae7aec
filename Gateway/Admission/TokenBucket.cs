namespace ZeroKSync.Gateway.Admission;

/// <summary>A bucket that refills evenly; time is passed in. Not for use by two threads at once.</summary>
public sealed class TokenBucket
{
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
        Refill(nowTicks);
        if (_tokens >= 1)
        {
            _tokens--;
            wait = TimeSpan.Zero;
            return true;
        }

        wait = TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
        return false;
    }

    /// <summary>Whether it is as it was made: then it need not be kept.</summary>
    public bool IsFull(long nowTicks)
    {
        Refill(nowTicks);
        return _tokens >= _burst;
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
