using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>
/// A timer whose callbacks are turns of its activation. The period counts from the end of one callback to the next, so at most one is ever
/// under way; a change during a callback takes effect at its end.
/// </summary>
internal sealed class GrainTimer : IGrainTimer, IMailboxItem
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private TimeSpan _period;
    private TimeSpan? _changedTo;
    private bool _firing;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, options.Period);
        _activation = activation;
        _callback = callback;
        Interleaves = options.Interleave;
        KeepsAlive = options.KeepAlive;
        using var suppressed = ContextFlow.Suppress();
        _timer = activation.Runtime.Time.CreateTimer(
            static timer => ((GrainTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool Interleaves { get; }

    public bool KeepsAlive { get; }

    public bool IsLocal => true;

    public bool IsSettled => _stop.IsCancellationRequested;

    public long SentAt => 0;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        lock (_gate)
        {
            _period = period;
            if (_firing)
                _changedTo = dueTime;
            else
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask<Exception?> RunAsync(object grain)
    {
        RequestContext.Values = null;
        try
        {
            await _callback(_stop.Token);
            return null;
        }
#pragma warning disable CA1031 // A timer has no caller; the next tick is not this one's concern.
        catch (Exception exception)
        {
            if (!_stop.IsCancellationRequested)
                _activation.Runtime.Log.TimerThrew(_activation.Address.Class.Name, exception.GetType().Name);

            return exception;
        }
#pragma warning restore CA1031
        finally
        {
            Rearm();
        }
    }

    public void Fail(Exception exception)
    {
    }

    public void Dispose()
    {
        _stop.Cancel();
        _timer.Dispose();
        _activation.Forget(this);
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, Longest);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, Longest);
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_firing || _stop.IsCancellationRequested)
                return;

            _firing = true;
        }

        // Refused only when the activation has ended; then the timer has too.
        _activation.TryAccept(this);
    }

    private void Rearm()
    {
        lock (_gate)
        {
            _firing = false;
            _timer.Change(_changedTo ?? _period, Timeout.InfiniteTimeSpan);
            _changedTo = null;
        }
    }
}
