using Orleans.Storage;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

public sealed class PersistentStateTests(GrainHost host)
{
    [Fact]
    public async Task Write_ThenDeactivate_NextActivationReadsIt()
    {
        var grain = host.Grains.GetGrain<IStoringGrain>(Probe.NewKey());
        Assert.False(await grain.ExistsAsync().Within());
        await grain.WriteAsync("kept").Within();
        long life = await grain.LifeAsync().Within();
        await grain.DeactivateAsync().Within();
        Assert.Equal("kept", await grain.ReadAsync().Within());
        Assert.True(await grain.ExistsAsync().Within());
        Assert.NotEqual(life, await grain.LifeAsync().Within());
    }

    [Fact]
    public async Task Write_StoredVersionIsAnother_ThrowsAndDeactivates()
    {
        var grain = host.Grains.GetGrain<IStoringGrain>(Probe.NewKey());
        await grain.WriteAsync("first").Within();
        long life = await grain.LifeAsync().Within();
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => grain.WriteStaleAsync("second").Within());
        Assert.Equal("first", await grain.ReadAsync().Within());
        Assert.NotEqual(life, await grain.LifeAsync().Within());
        await grain.WriteAsync("third").Within();
    }

    [Fact]
    public async Task Clear_Stored_IsGoneForTheNextActivationToo()
    {
        var grain = host.Grains.GetGrain<IStoringGrain>(Probe.NewKey());
        await grain.WriteAsync("kept").Within();
        await grain.ClearAsync().Within();
        Assert.False(await grain.ExistsAsync().Within());
        await grain.DeactivateAsync().Within();
        Assert.False(await grain.ExistsAsync().Within());
        Assert.Equal("", await grain.ReadAsync().Within());
    }
}
