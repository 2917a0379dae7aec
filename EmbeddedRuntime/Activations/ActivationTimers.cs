using Orleans.Runtime;

namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>The timers of an activation. They end with it.</summary>
internal sealed partial class Activation
{
    private readonly List<GrainTimer> _timers = [];

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_gate)
        {
            if (_phase is ActivationPhase.Ending or ActivationPhase.Ended)
            {
                timer.Dispose();
                return timer;
            }

            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
            _timers.Remove(timer);
    }

    private void StopTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
            timers = [.. _timers];

        foreach (var timer in timers)
            timer.Dispose();
    }
}
