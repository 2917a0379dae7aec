using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

public sealed class RequestContextTests(GrainHost host)
{
    [Fact]
    public async Task Set_ByTheCaller_ReachesTheGrainAndTheGrainItCalls()
    {
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        var other = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        RequestContext.Set("colour", "green");
        Assert.Equal("green", await grain.ContextAsync("colour", null).Within());
        Assert.Equal("green", await grain.ContextOfAsync(other, "colour").Within());
        RequestContext.Clear();
    }

    [Fact]
    public async Task Set_ByTheGrain_NeitherComesBackNorStays()
    {
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        Assert.Null(await grain.ContextAsync("taste", "sour").Within());
        Assert.Null(RequestContext.Get("taste"));
        Assert.Null(await grain.ContextAsync("taste", null).Within());
    }

    [Fact]
    public async Task Clear_BetweenCalls_TheNextCarriesNothing()
    {
        var grain = host.Grains.GetGrain<IProbeGrain>(Probe.NewKey());
        RequestContext.Set("colour", "red");
        await grain.TouchAsync().Within();
        RequestContext.Clear();
        Assert.Null(await grain.ContextAsync("colour", null).Within());
    }
}
