using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

public sealed class ObserverTests(GrainHost host)
{
    [Fact]
    public async Task Call_ObserverLives_HearsInOrder()
    {
        var observer = new ProbeObserver();
        var reference = host.Grains.CreateObjectReference<IProbeObserver>(observer);
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        for (int number = 0; number < 3; number++)
        {
            await grain.TellAsync(reference, number).Within();
            Assert.Equal(number, await observer.NextAsync().Within());
        }

        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task Call_ObserverThrows_GrainAndObserverGoOn()
    {
        var observer = new ProbeObserver();
        var reference = host.Grains.CreateObjectReference<IProbeObserver>(observer);
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        await grain.TellAsync(reference, -1).Within();
        await grain.TellAsync(reference, 7).Within();
        Assert.Equal(7, await observer.NextAsync().Within());
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task Delete_Reference_HearsNothingMore()
    {
        var observer = new ProbeObserver();
        var witness = new ProbeObserver();
        var reference = host.Grains.CreateObjectReference<IProbeObserver>(observer);
        var watching = host.Grains.CreateObjectReference<IProbeObserver>(witness);
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        host.Grains.DeleteObjectReference<IProbeObserver>(reference);
        await grain.TellAsync(reference, 1).Within();
        await grain.TellAsync(watching, 2).Within();
        Assert.Equal(2, await witness.NextAsync().Within());
        Assert.True(observer.HeardNothing);
        GC.KeepAlive(observer);
        GC.KeepAlive(witness);
    }
}
