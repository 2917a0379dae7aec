namespace ZeroKSync.Grains;

/// <summary>The relay's clock as grains see it. It wraps the time provider so that a test can set it without freezing the runtime's own timers.</summary>
public sealed class RelayClock(TimeProvider timeProvider)
{
    public DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>Milliseconds since 1970-01-01 UTC, the form of the wire.</summary>
    public ulong NowMs => (ulong)Math.Max(0, Now.ToUnixTimeMilliseconds());

    public Task DelayAsync(TimeSpan span) => Task.Delay(span, timeProvider);
}
