namespace ZeroKSync.EmbeddedRuntime;

/// <summary>Bounds of the embedded grain runtime.</summary>
public sealed class EmbeddedGrainOptions
{
    /// <summary>How long a caller waits at most; then whether the call took effect is unknown. Default 10 s, as on Orleans.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a call a grain is deactivated. Longer holds more memory, shorter reads storage more often. Default 15 min.</summary>
    public TimeSpan IdleAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often timeouts and idle grains are looked for: how late either may be noticed. Default 1 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the reading of state and OnActivateAsync may take before their token is cancelled. Default 30 s.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long OnDeactivateAsync may take before the next activation starts without it. Default 10 s.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls may wait for one grain before the next is refused with LimitExceededException. Default 10 000.</summary>
    public int MailboxMax { get; set; } = 10_000;

    /// <summary>How many calls may wait for one observer before further ones are dropped. Default 1000.</summary>
    public int ObserverQueueMax { get; set; } = 1000;

    internal void Validate()
    {
        foreach (var time in (ReadOnlySpan<TimeSpan>)[CallTimeout, IdleAge, SweepInterval, ActivationTimeout, DeactivationTimeout])
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);

        ArgumentOutOfRangeException.ThrowIfLessThan(MailboxMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ObserverQueueMax, 1);
    }
}
