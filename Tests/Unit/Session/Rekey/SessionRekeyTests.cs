using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>Who begins, who asks, and what time does to both.</summary>
public sealed class SessionRekeyTests
{
    private static readonly RekeyLimits Few = new() { FramesSoft = 10, FramesHard = 20 };

    [Fact]
    public async Task Relay_AtALimitTheClientDoesNotSee_AsksOnce_AndTheClientStarts()
    {
        using var pair = new RekeyPair(relayLimits: new RekeyLimits { AgeSoft = TimeSpan.FromMinutes(1) });
        using var stop = new CancellationTokenSource();
        Task[] running = [pair.ClientRekey.RunAsync(stop.Token), pair.RelayRekey.RunAsync(stop.Token), pair.ServeAsync(pair.ClientSession), pair.ServeAsync(pair.RelaySession)];

        pair.Time.Advance(TimeSpan.FromMinutes(1));

        await Bounded.UntilAsync(() => pair.Client.Keys.Epoch == 1 && pair.Relay.Keys.Epoch == 1);
        Assert.All(running, task => Assert.False(task.IsCompleted));
        await stop.CancelAsync();
    }

    // Both see the limit at once: the wish meets the first message on the road.
    [Fact]
    public async Task Relay_AskingWhileTheClientBegins_IsNoSecondRekey()
    {
        using var pair = new RekeyPair();
        using var stop = new CancellationTokenSource();
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        Task client = pair.ClientRekey.RunAsync(stop.Token), relay = pair.RelayRekey.RunAsync(stop.Token);

        await pair.TakeAsync(pair.ClientSession);
        await pair.TakeAsync(pair.RelaySession);
        await pair.TakeAsync(pair.ClientSession);
        await pair.TakeAsync(pair.RelaySession);
        await pair.TakeAsync(pair.ClientSession);

        Assert.Equal((1, 1), (pair.Client.Keys.Epoch, pair.Relay.Keys.Epoch));
        Assert.False(client.IsCompleted || relay.IsCompleted);
        await stop.CancelAsync();
    }

    // One direction alone reaches the count, over two streams together.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_OfEitherDirectionOverAllStreams_StartARekey(bool isUp)
    {
        using var pair = new RekeyPair(Few);
        (MemoryPipe firstClient, MemoryPipe firstRelay) = pair.Open(4);
        (MemoryPipe secondClient, MemoryPipe secondRelay) = pair.Open(8);
        using var stop = new CancellationTokenSource();
        Task running = pair.ClientRekey.RunAsync(stop.Token);
        for (int i = 0; i < 9; i++)
            await SendAsync(i % 2 == 0 ? (firstClient, firstRelay) : (secondClient, secondRelay), isUp);

        Assert.False(pair.RelaySession.HasIncoming);
        await SendAsync((firstClient, firstRelay), isUp);
        await pair.TakeAsync(pair.RelaySession);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_AtTheHardBound_EndEitherEnd(bool isClient)
    {
        using var pair = new RekeyPair(Few, Few);
        (MemoryPipe client, MemoryPipe relay) = pair.Open(4);
        Task running = isClient ? pair.ClientRekey.RunAsync(Bounded.Token()) : pair.RelayRekey.RunAsync(Bounded.Token());
        // What the end receives: its own REKEY counts in the other direction.
        for (int i = 0; i < 19; i++)
            await SendAsync((client, relay), isUp: !isClient);

        Assert.False(running.IsCompleted);
        await SendAsync((client, relay), isUp: !isClient);

        Assert.Equal(CloseCode.OldEpoch, (await Assert.ThrowsAsync<RekeyException>(() => running.Within())).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Age_AtTheHardBound_EndsEitherEnd(bool isClient)
    {
        using var pair = new RekeyPair(new RekeyLimits { Deadline = TimeSpan.FromHours(3) }, new RekeyLimits { Deadline = TimeSpan.FromHours(3) });
        Task running = isClient ? pair.ClientRekey.RunAsync(Bounded.Token()) : pair.RelayRekey.RunAsync(Bounded.Token());

        pair.Time.Advance(RekeyLimits.AgeHardDefault);

        Assert.Equal(CloseCode.OldEpoch, (await Assert.ThrowsAsync<RekeyException>(() => running.Within())).Code);
    }

    [Fact]
    public async Task Client_NotAnswered_EndsAtItsDeadline()
    {
        using var pair = new RekeyPair();
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        Task running = pair.ClientRekey.RunAsync(Bounded.Token());

        pair.Time.Advance(RekeyLimits.Default.Deadline);

        Assert.Equal(CloseCode.Deadline, (await Assert.ThrowsAsync<RekeyException>(() => running.Within())).Code);
    }

    [Fact]
    public async Task Relay_WithoutTheThird_EndsAtItsDeadline()
    {
        using var pair = new RekeyPair();
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        using var stop = new CancellationTokenSource();
        Task client = pair.ClientRekey.RunAsync(stop.Token);
        await pair.TakeAsync(pair.RelaySession);
        Task running = pair.RelayRekey.RunAsync(Bounded.Token());

        pair.Time.Advance(RekeyLimits.Default.Deadline);

        Assert.Equal(CloseCode.Deadline, (await Assert.ThrowsAsync<RekeyException>(() => running.Within())).Code);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task Client_AtTheLastEpoch_WantsTheSessionOpenedAnew_AndTheRelayTakesNoMore()
    {
        RekeyLimits many = new() { EpochsLive = 1000 };
        using var pair = new RekeyPair(many, many);
        for (int i = 0; i < SessionKeys.LastEpoch; i++)
            await pair.RekeyAsync();

        Assert.Equal((SessionKeys.LastEpoch, SessionKeys.LastEpoch), (pair.Client.Keys.Epoch, pair.Relay.Keys.Epoch));
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        await pair.ClientRekey.RunAsync(Bounded.Token()).Within();
        await RekeyPair.SendAsync(pair.ClientSession, new byte[HandshakeMessage.FirstBytes]);
        Assert.Equal(CloseCode.Handshake, (await Assert.ThrowsAsync<RekeyException>(() => pair.TakeAsync(pair.RelaySession))).Code);
    }

    [Fact]
    public async Task Client_WithManyEpochsLive_WaitsForTheOldestToGo()
    {
        using var pair = new RekeyPair(new RekeyLimits { EpochsLive = 2, AgeSoft = TimeSpan.FromSeconds(1) });
        pair.Time.Advance(TimeSpan.FromSeconds(1));
        using var stop = new CancellationTokenSource();
        Task running = pair.ClientRekey.RunAsync(stop.Token), reading = pair.ServeAsync(pair.ClientSession), answering = pair.ServeAsync(pair.RelaySession);
        await Bounded.UntilAsync(() => pair.Client.Keys.Epoch == 1);

        pair.Time.Advance(RekeyLimits.Default.ReplacedLife - TimeSpan.FromTicks(1));
        Assert.Equal((1, 2), (pair.Client.Keys.Epoch, pair.Client.Keys.EpochsLive));

        // Its rekeys go on at once when there is room, and not before.
        pair.Time.Advance(TimeSpan.FromTicks(1));
        await Bounded.UntilAsync(() => pair.Client.Keys.Epoch == 2);
        Assert.False(running.IsFaulted || reading.IsFaulted || answering.IsFaulted);
        await stop.CancelAsync();
    }

    private static async Task SendAsync((MemoryPipe Client, MemoryPipe Relay) stream, bool isUp)
    {
        (MemoryPipe from, MemoryPipe to) = isUp ? stream : (stream.Relay, stream.Client);
        await from.SendAsync(new Done(), endStream: false, Bounded.Token());
        Assert.NotNull(await RekeyPair.NextAsync(to));
    }
}
