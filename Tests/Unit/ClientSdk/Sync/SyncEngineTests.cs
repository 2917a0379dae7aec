using ZeroKSync.Client;
using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>What the app asks for while sessions end.</summary>
public sealed class SyncEngineTests : IAsyncDisposable
{
    private readonly DeviceFixture _device = new();
    private ScriptedRelay? _relay;
    private SyncEngine? _engine;

    [Fact]
    public async Task ListDevicesAsync_SessionDeadSinceNobodyUsedIt_AsksOnTheNext()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        relay.DeadSessions = 1;

        Assert.Empty(await engine.ListDevicesAsync(Bounded.Token()).Within());
        Assert.Equal(2, relay.Hellos.Count);
    }

    [Fact]
    public async Task ReadToHead_SessionDeadSinceNobodyUsedIt_ReadsOnTheNext()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        relay.DeadSessions = 1;

        await foreach (SyncedBlob _ in engine.ReadAsync(untilCaughtUp: true, Bounded.Token()))
            Assert.Fail("There is nothing to read.");

        Assert.Equal(2, relay.Hellos.Count);
    }

    // Asked for ever, a relay that ends each session at once would be one that an app cannot tell from a slow one.
    [Fact]
    public async Task ListDevicesAsync_EverySessionEndsWhenAsked_SaysSoAfterTheSecond()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        relay.DeadSessions = int.MaxValue;

        SyncException failure = await Assert.ThrowsAsync<SyncException>(() => engine.ListDevicesAsync(Bounded.Token()).Within());

        Assert.Equal((SyncErrorKind.Unreachable, true), (failure.Kind, failure.IsTransient));
        Assert.InRange(relay.Hellos.Count, 2, 3);
    }

    [Fact]
    public async Task ConnectAsync_SessionThatHasEnded_IsNotGivenOutAgain()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        RelayLink link = (await engine.ConnectAsync().Within()).Link;

        await relay.EndSessionAsync();
        await link.Ended.Within();

        Assert.NotSame(link, (await engine.ConnectAsync().Within()).Link);
    }

    [Fact]
    public async Task ConnectAsync_GivenUpBeforeASessionIsOpen_EndsTheWait()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        RelayLink link = (await engine.ConnectAsync().Within()).Link;
        var asked = new TaskCompletionSource();
        relay.OnHello = _ => asked.TrySetResult();
        relay.Welcoming = new TaskCompletionSource().Task;
        await relay.EndSessionAsync();
        await link.Ended.Within();
        Task<GroupSession> connecting = engine.ConnectAsync();
        await asked.Task.Within();

        engine.Disconnect();

        Assert.Equal(SyncErrorKind.WrongState, (await Assert.ThrowsAsync<SyncException>(() => connecting.Within())).Kind);
    }

    [Fact]
    public async Task ConnectAsync_WhileAGivenUpSessionEnds_GivesAnother()
    {
        (ScriptedRelay relay, SyncEngine engine) = await StartAsync();
        RelayLink link = (await engine.ConnectAsync().Within()).Link;

        engine.Disconnect();
        RelayLink next = (await engine.ConnectAsync().Within()).Link;

        Assert.NotSame(link, next);
        Assert.False(next.Ended.IsCompleted);
        Assert.Equal(2, relay.Hellos.Count);
    }

    [Fact]
    public async Task ConnectAsync_AfterTheClientWasClosed_SaysSo()
    {
        (_, SyncEngine engine) = await StartAsync();
        await engine.DisposeAsync();
        _engine = null;

        Assert.Equal(SyncErrorKind.WrongState, (await Assert.ThrowsAsync<SyncException>(() => engine.ConnectAsync().Within())).Kind);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        if (_relay is not null)
            await _relay.DisposeAsync();

        await _device.DisposeAsync();
    }

    private async Task<(ScriptedRelay Relay, SyncEngine Engine)> StartAsync()
    {
        _relay = await ScriptedRelay.StartAsync();
        _engine = await SyncEngine.StartAsync(_device.Context, () => _relay.Transport, [_relay.Address], new Random(1), Bounded.Token());
        await _engine.ConnectAsync().Within();
        return (_relay, _engine);
    }
}
