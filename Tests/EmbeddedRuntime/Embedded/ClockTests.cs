using ZeroKSync.TestKit;
using ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

namespace ZeroKSync.Tests.EmbeddedRuntime.Embedded;

/// <summary>What depends on time, on a clock that moves when told.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Idle_LongEnough_Deactivates()
    {
        await using var host = new EmbeddedHost();
        string key = Probe.NewKey();
        await host.Grains.GetGrain<IProbeGrain>(key).TouchAsync().Within();
        await host.WhenQuietAsync();
        host.Clock.Advance(Idle - TimeSpan.FromSeconds(2));
        Assert.False(Probe.Of(key).Deactivating.IsCompleted);
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        await Probe.Of(key).Deactivating.Within();
        Assert.Equal(["deactivated: ActivationIdle"], Probe.Of(key).Events);
    }

    [Fact]
    public async Task Idle_GrainWasUsedMeanwhile_CountsFromThen()
    {
        await using var host = new EmbeddedHost();
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await grain.TouchAsync().Within();
        await host.WhenQuietAsync();
        host.Clock.Advance(Idle / 2);
        await grain.TouchAsync().Within();
        await host.WhenQuietAsync();
        host.Clock.Advance(Idle / 2 + TimeSpan.FromSeconds(2));
        await grain.TouchAsync().Within();
        Assert.Equal(1, Probe.Of(key).Activations);
    }

    [Fact]
    public async Task Idle_OnlyATimerTicks_DeactivatesAllTheSame()
    {
        await using var host = new EmbeddedHost();
        string key = Probe.NewKey();
        await host.Grains.GetGrain<IProbeGrain>(key).StartTimerAsync(TimeSpan.FromMinutes(5)).Within();
        await host.WhenQuietAsync();
        for (int tick = 1; tick <= 2; tick++)
        {
            var ticked = Probe.Of(key).TicksReach(tick);
            host.Clock.Advance(TimeSpan.FromMinutes(5));
            await ticked.Within();
            await host.WhenQuietAsync();
        }

        // Minute by minute: the clock must not run past the end of a tick that is still under way.
        for (int minute = 0; minute < 16 && !Probe.Of(key).Deactivating.IsCompleted; minute++)
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            await host.WhenQuietAsync();
        }

        await Probe.Of(key).Deactivating.Within();
    }

    [Fact]
    public async Task Call_NoAnswerInTime_TimesOutWithoutTheKey()
    {
        await using var host = new EmbeddedHost();
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();
        var waiting = grain.NoteAsync("too late").AsTask();
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(holding.IsCompleted);
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        var thrown = await Assert.ThrowsAsync<TimeoutException>(() => holding.Within());
        Assert.DoesNotContain(key, thrown.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Within());

        Probe.Of(key).Release();
        await grain.TouchAsync().Within();
        Assert.Empty(Probe.Of(key).Events);
    }

    [Fact]
    public async Task Stop_CallsUnderWay_EndFirstThenEveryGrainIsDeactivated()
    {
        await using var host = new EmbeddedHost();
        string key = Probe.NewKey();
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();
        var stopping = host.StopAsync();
        Assert.False(Probe.Of(key).Deactivating.IsCompleted);
        Probe.Of(key).Release();
        await holding.Within();
        await stopping.Within();
        Assert.Equal(["deactivated: ShuttingDown"], Probe.Of(key).Events);
        await Assert.ThrowsAsync<OrleansException>(() => grain.TouchAsync().Within());
    }

    [Fact]
    public async Task Log_FailuresOfEveryKind_NeverNamesAKey()
    {
        const string Canary = "canary-6f1e";
        await using var host = new EmbeddedHost(options => options.MailboxMax = 2);
        string key = $"{Canary}-{Probe.NewKey()}";
        Probe.Of(key).FailuresLeft = 1;
        var grain = host.Grains.GetGrain<IProbeGrain>(key);
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.TouchAsync().Within());
        var holding = grain.HoldAsync();
        await Probe.Of(key).Entered.Within();
        Task[] waiting = [grain.TouchAsync(), grain.TouchAsync()];
        var full = await Assert.ThrowsAsync<LimitExceededException>(() => grain.TouchAsync().Within());
        Assert.DoesNotContain(Canary, full.ToString(), StringComparison.Ordinal);
        Probe.Of(key).Release();
        await holding.Within();
        await Task.WhenAll(waiting).Within();
        await host.StopAsync().Within();
        Assert.Contains(host.Log.All, line => line.Contains("could not be activated", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.All, line => line.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, grain.ToString(), StringComparison.Ordinal);
    }
}
