using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

public sealed class ActivationTests(GrainHost host)
{
    [Fact]
    public async Task Activate_ConstructorThrows_CallerHearsAndTheNextCallActivatesAnew()
    {
        FailingGrain.FailuresLeft = 1;
        var grain = host.Grains.GetGrain<IFailingGrain>(Probe.NewKey());
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.TouchAsync().Within());
        Assert.Contains("not constructed", thrown.ToString(), StringComparison.Ordinal);
        await grain.TouchAsync().Within();
    }

    [Fact]
    public async Task Activate_OnActivateThrows_CallerHearsAndTheNextCallActivatesAnew()
    {
        string key = Probe.NewKey();
        Probe.Of(key).FailuresLeft = 1;
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.TouchAsync().Within());
        Assert.Contains("not yet", thrown.ToString(), StringComparison.Ordinal);
        await grain.TouchAsync().Within();
        Assert.Equal(2, Probe.Of(key).Activations);
    }

    [Fact]
    public async Task Deactivate_GrainAsksForIt_NextCallIsServedByANewActivation()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.DeactivateAsync().Within();
        await Probe.Of(key).Deactivating.Within();
        await grain.TouchAsync().Within();
        Assert.Equal(2, Probe.Of(key).Activations);
        Assert.Equal(["deactivated: ApplicationRequested"], Probe.Of(key).Events);
    }

    [Fact]
    public async Task Deactivate_CallsAreQueuedMeanwhile_NextActivationRunsEachOnce()
    {
        string key = Probe.NewKey();
        Probe.Of(key).HoldsDeactivation = true;
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.DeactivateAsync().Within();
        await Probe.Of(key).Deactivating.Within();

        var queued = Enumerable.Range(0, 5).Select(number => grain.NoteAsync($"note {number}").AsTask()).ToArray();
        Probe.Of(key).HoldsDeactivation = false;
        Probe.Of(key).Deactivate();
        await Task.WhenAll(queued).Within();

        Assert.Equal(2, Probe.Of(key).Activations);
        Assert.Equal(
            ["deactivated: ApplicationRequested", "note 0", "note 1", "note 2", "note 3", "note 4"],
            Probe.Of(key).Events.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Timer_CallsAtTheSameTime_NeverOverlaps()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.StartTimerAsync(TimeSpan.FromMilliseconds(1)).Within();
        var ticked = Probe.Of(key).TicksReach(5);
        while (!ticked.IsCompleted)
            await Task.WhenAll(grain.WorkAsync(), grain.WorkAsync()).Within();

        Assert.Equal(0, Probe.Of(key).Overlaps);
    }

    [Fact]
    public async Task Timer_ActivationEnds_StopsWithIt()
    {
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.StartTimerAsync(TimeSpan.FromMilliseconds(5)).Within();
        await Probe.Of(key).TicksReach(2).Within();
        await grain.DeactivateAsync().Within();
        await grain.TouchAsync().Within();
        Assert.Equal(2, Probe.Of(key).Activations);
        int ticks = Probe.Of(key).Ticks;

        // Another grain's timer of the same period is the measure of time: were the first still running, it would have ticked too.
        string other = Probe.NewKey();
        await host.Grains.GetGrain<IProbeGrain>(other).StartTimerAsync(TimeSpan.FromMilliseconds(5)).Within();
        await Probe.Of(other).TicksReach(10).Within();
        Assert.Equal(ticks, Probe.Of(key).Ticks);
    }
}
