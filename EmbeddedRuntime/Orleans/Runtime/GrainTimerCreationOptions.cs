using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer is due and how its callbacks meet calls.</summary>
public readonly struct GrainTimerCreationOptions
{
    public GrainTimerCreationOptions()
    {
    }

    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first callback; infinite: not armed.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of one callback to the next; infinite: once.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Callbacks may run while a call awaits. Default: no.</summary>
    public bool Interleave { get; init; }

    /// <summary>A callback counts as use, so the activation is not idle. Default: no.</summary>
    public bool KeepAlive { get; init; }
}
