using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

/// <summary>A relay that is told to stop while storage takes its time.</summary>
public sealed class DrainTests
{
    // What is begun is given so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Stop_AppendUnderWay_WaitsForItAndLetsItsAnswerArrive()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        var stored = new Gate();
        (RawStream pushing, Task<RawStream> notices) = await PushAsync(gateway, stored);

        Task stop = gateway.StopAsync();
        Bye bye = await (await notices.Within()).ReceiveAsync<Bye>().Within();
        await WaitsAsync(gateway);
        gateway.Time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(stop.IsCompleted);
        stored.Open();

        Assert.Equal(ByeCode.RelayShuttingDown, bye.Reason);
        Assert.Equal(new Cursor(1), (await pushing.ReceiveAsync<PushAck>().Within()).Cursor);
        Assert.Null(await pushing.ReceiveAsync().Within());
        await stop.Within();
    }

    [Fact]
    public async Task Stop_AppendUnderWay_NothingMoreIsBegun()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        var stored = new Gate();
        (RawStream pushing, Task<RawStream> notices) = await PushAsync(gateway, stored);

        Task stop = gateway.StopAsync();
        await (await notices.Within()).ReceiveAsync<Bye>().Within();
        await pushing.SendAsync(RawBlobs.Make(2));
        stored.Open();

        // The one that came late is neither stored nor refused: its device sends it to the next relay.
        Assert.Equal(new Cursor(1), (await pushing.ReceiveAsync<PushAck>().Within()).Cursor);
        Assert.Null(await pushing.ReceiveAsync().Within());
        await stop.Within();
        Assert.Equal(1, gateway.GroupGrain.Appends);
    }

    [Fact]
    public async Task Stop_AppendThatDoesNotEnd_IsGivenUpAndTheStreamIsReset()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        var stored = new Gate();
        (RawStream pushing, _) = await PushAsync(gateway, stored);
        Task<byte[]?> answer = pushing.ReceiveAsync();

        Task stop = gateway.StopAsync();
        await WaitsAsync(gateway);
        gateway.Time.Advance(Patience);

        await stop.Within();
        // An end would say that everything begun is answered.
        await Assert.ThrowsAsync<TransportException>(() => answer.Within());
    }

    private static Task WaitsAsync(GatewayHarness gateway) => Bounded.UntilAsync(() => gateway.Time.IsArmedFor(Patience));

    // A push that is with its group, which waits at the gate.
    private static async Task<(RawStream Pushing, Task<RawStream> Notices)> PushAsync(GatewayHarness gateway, Gate stored)
    {
        RawSession session = await gateway.JoinAsync();
        Task<RawStream> notices = session.AcceptAsync();
        gateway.GroupGrain.AppendGate = stored;
        RawStream pushing = await session.OpenAsync();
        await pushing.SendAsync(RawBlobs.Make(1));
        await stored.Reached.Within();
        return (pushing, notices);
    }
}
