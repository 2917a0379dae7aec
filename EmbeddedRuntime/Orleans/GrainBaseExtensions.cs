using Orleans.Runtime;

namespace Orleans;

/// <summary>Timers of a grain.</summary>
public static class GrainBaseExtensions
{
    /// <summary>Registers a timer whose callbacks run as turns of the grain; it ends with the activation.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain is Grain inside
            ? inside.Activation.RegisterTimer(callback, options)
            : throw new ArgumentException($"A grain derives from {nameof(Grain)}.", nameof(grain));
    }

    /// <summary>The same with a state handed to each callback.</summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain,
        Func<TState, CancellationToken, Task> callback,
        TState state,
        GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(token => callback(state, token), options);
    }
}
