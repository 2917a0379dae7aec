namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

/// <summary>Its first constructions throw, as many as <see cref="FailuresLeft"/> says.</summary>
[GrainType("zks.tests.failing")]
public sealed class FailingGrain : Grain, IFailingGrain
{
    public static int FailuresLeft;

    public FailingGrain()
    {
        if (Interlocked.Decrement(ref FailuresLeft) >= 0)
            throw new InvalidOperationException("not constructed");
    }

    public Task TouchAsync() => Task.CompletedTask;
}
