namespace ZeroKSync.Grains.Readiness;

/// <summary>The other end of a readiness check.</summary>
[GrainType("readiness")]
public sealed class ReadinessGrain : Grain, IReadinessGrain
{
    public Task AnswerAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
