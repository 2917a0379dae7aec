using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.TestKit;

public sealed class FakeTimeProviderTests
{
    [Fact]
    public void Advance_TimersOnTheWay_RunInTheirOrderAtTheirTime()
    {
        var clock = new FakeTimeProvider();
        var start = clock.GetUtcNow();
        var seen = new List<(string Name, double At)>();
        using var late = Arm("late", 3);
        using var early = Arm("early", 1);
        using var beyond = Arm("beyond", 10);

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("early", 1.0), ("late", 3.0)], seen);
        Assert.Equal(5, (clock.GetUtcNow() - start).TotalSeconds);
        Assert.Equal(1, clock.ArmedTimers);

        ITimer Arm(string name, int seconds) => clock.CreateTimer(
            _ => seen.Add((name, (clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Advance_PeriodicTimer_RunsOncePerPeriod()
    {
        var clock = new FakeTimeProvider();
        int runs = 0;
        using var timer = clock.CreateTimer(_ => runs++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task Delay_OnThisClock_EndsWhenItMoves()
    {
        var clock = new FakeTimeProvider();
        var delay = Task.Delay(TimeSpan.FromMinutes(1), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await delay.Within();
    }
}
