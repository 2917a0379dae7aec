namespace ZeroKSync.Transport;

/// <summary>Calls back when nothing was heard for a while. It re-arms lazily, so hearing something costs one clock read.</summary>
internal sealed class IdleTimer(TimeSpan timeout, TimeProvider timeProvider, Action onSilence)
{
    private ITimer? _timer;
    private long _lastHeard;

    public void Start()
    {
        Heard();
        _timer = timeProvider.CreateTimer(static self => ((IdleTimer)self!).OnDue(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    public void Heard() => Volatile.Write(ref _lastHeard, timeProvider.GetTimestamp());

    public void Stop() => _timer?.Dispose();

    private void OnDue()
    {
        var silent = timeProvider.GetElapsedTime(Volatile.Read(ref _lastHeard));
        if (silent >= timeout)
        {
            onSilence();
            silent = timeProvider.GetElapsedTime(Volatile.Read(ref _lastHeard));
        }

        var rest = timeout - silent;
        if (rest > TimeSpan.Zero)
            _timer?.Change(rest, Timeout.InfiniteTimeSpan);
    }
}
