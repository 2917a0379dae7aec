using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

public sealed class CallTests(GrainHost host)
{
    [Fact]
    public void GetGrain_SameKeyTwice_ReferencesAreEqual()
    {
        string key = Probe.NewKey();
        var first = host.Grains.GetGrain<IProbeGrain>(key);
        var second = host.Grains.GetGrain<IProbeGrain>(key);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, host.Grains.GetGrain<IProbeGrain>(Probe.NewKey()));
        Assert.Equal(key, first.GetPrimaryKeyString());
    }

    [Fact]
    public async Task Call_EveryShapeOfMethod_Answers()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.TouchAsync().Within();
        Assert.Equal(5, await grain.AddAsync(2, 3).Within());
        await grain.NoteAsync("noted").Within();
        Assert.Equal(key, await grain.KeyAsync().Within());
        Assert.Equal(["noted"], Probe.Of(key).Events);
    }

    [Fact]
    public async Task Call_GrainThrows_ReachesTheCallerAndTheGrainLives()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.ThrowAsync("a reason").Within());
        Assert.Equal("a reason", thrown.Message);
        await grain.TouchAsync().Within();
        Assert.Equal(1, Probe.Of(key).Activations);
    }

    [Fact]
    public async Task Call_AnotherIsUnderWay_Waits()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();

        var noting = grain.NoteAsync("after").AsTask();
        await grain.PeekAsync().Within();
        Assert.Empty(Probe.Of(key).Events);

        Probe.Of(key).Release();
        await holding.Within();
        await noting.Within();
        Assert.Equal(["after"], Probe.Of(key).Events);
    }

    [Fact]
    public async Task Call_ManyAtOnce_NeverOverlap()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        for (int round = 0; round < 20; round++)
            await Task.WhenAll(Enumerable.Range(0, GrainHostSettings.MailboxMax / 2).Select(_ => grain.WorkAsync())).Within();

        Assert.Equal(0, Probe.Of(key).Overlaps);
    }

    [Fact]
    public async Task Call_AlwaysInterleave_RunsWhileAnotherAwaits()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();
        Assert.Equal(1, await grain.PeekAsync().Within());
        Assert.False(holding.IsCompleted);
        Probe.Of(key).Release();
        await holding.Within();
    }

    [Fact]
    public async Task Call_MailboxIsFull_ThrowsTheTypedOverload()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();

        var more = Enumerable.Range(0, GrainHostSettings.MailboxMax * 2).Select(_ => CatchAsync(grain.TouchAsync)).ToArray();
        var first = await Task.WhenAny(more).Within();
        Assert.IsType<LimitExceededException>(await first);

        Probe.Of(key).Release();
        await holding.Within();
        var answers = await Task.WhenAll(more).Within();
        Assert.All(answers, answer => Assert.True(answer is null or LimitExceededException, answer?.ToString()));
        Assert.Contains(answers, answer => answer is null);
        await grain.TouchAsync().Within();
    }

    [Fact]
    public async Task Call_Await_ResumesOnTheActivationsScheduler() =>
        Assert.True(await host.Grains.GetGrain<IProbeGrain>(Probe.NewKey()).StaysOnSchedulerAsync().Within());

    [Fact]
    public async Task Call_Cyclic_TimesOut()
    {
        var first = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        var second = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        await Assert.ThrowsAsync<TimeoutException>(() => first.CallAsync(second, first).Within());
    }

    [Fact]
    public async Task Call_TokenIsCancelled_CallerAndGrainHearOfIt()
    {
        string key = Probe.NewKey();
        using var stop = new CancellationTokenSource();
        var holding = host.Grains.GetGrain<IProbeGrain>(key).HoldUntilCancelledAsync(stop.Token);
        await Probe.Of(key).Entered.Within();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding.Within());
        Probe.Of(key).Release();
        await host.Grains.GetGrain<IProbeGrain>(key).TouchAsync().Within();
        Assert.Equal(["cancelled"], Probe.Of(key).Events);
    }

    private static async Task<Exception?> CatchAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (OrleansException exception)
        {
            return exception;
        }
    }
}
