using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

/// <summary>Each limit of the gateway reached, answered as documented, counted, and passed again.</summary>
public sealed class LimitsInSessionsTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Push_FasterThanTheDeviceMay_IsReadLater_AndWhatWasReadIsAnsweredAtOnce()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { MessagesPerSecond = 1, MessagesBurst = 3 });
        using X25519KeyPair key = X25519.GenerateKeyPair();
        RawSession session = await gateway.JoinAsync(key);
        RawStream pushing = await session.OpenAsync();
        for (ulong seq = 1; seq <= 5; seq++)
            await pushing.SendAsync(RawBlobs.Make(seq));

        // Without the clock moving: the burst is stored and answered while the rest waits.
        for (int i = 0; i < 3; i++)
            await pushing.ReceiveAsync<PushAck>().Within();

        Task<PushAck> fourth = pushing.ReceiveAsync<PushAck>();
        await Bounded.UntilAsync(() => gateway.Metrics.Pauses(GatewayLimit.MessagesPerDevice) > 0);
        Assert.False(fourth.IsCompleted);
        DateTimeOffset start = gateway.Time.GetUtcNow();
        await gateway.UntilAsync(fourth, Step);
        await gateway.UntilAsync(pushing.ReceiveAsync<PushAck>(), Step);

        Assert.True(gateway.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(1.9), "two more in two seconds");
    }

    [Fact]
    public async Task Push_OnANewSessionOfTheDevice_FindsItsBucketAsItWas()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { MessagesPerSecond = 1, MessagesBurst = 2 });
        using X25519KeyPair other = X25519.GenerateKeyPair();
        using X25519KeyPair same = X25519.GenerateKeyPair();
        RawSession first = await gateway.JoinAsync(new X25519KeyPair(SecretBytes.CopyFrom(same.SecretKey.Span)));
        RawStream pushing = await first.OpenAsync();
        await pushing.AskAsync<Push, PushAck>(RawBlobs.Make(1)).Within();
        await pushing.AskAsync<Push, PushAck>(RawBlobs.Make(2)).Within();

        RawSession second = await gateway.JoinAsync(new X25519KeyPair(SecretBytes.CopyFrom(same.SecretKey.Span)));
        RawStream again = await second.OpenAsync();
        await again.AskAsync<Push, PushAck>(RawBlobs.Make(3)).Within();
        await again.SendAsync(RawBlobs.Make(4));
        Task<PushAck> paced = again.ReceiveAsync<PushAck>();

        await Bounded.UntilAsync(() => gateway.Metrics.Pauses(GatewayLimit.MessagesPerDevice) > 0);
        Assert.False(paced.IsCompleted);
        // Another device has a bucket of its own.
        await (await (await gateway.JoinAsync(other)).OpenAsync()).AskAsync<Push, PushAck>(RawBlobs.Make(1)).Within();
        await gateway.UntilAsync(paced, Step);
    }

    [Fact]
    public async Task Push_OfAllDevicesTooFast_IsReadLater()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { MessagesPerSecondAll = 1, MessagesBurstAll = 2 });
        RawStream one = await (await gateway.JoinAsync()).OpenAsync();
        RawStream two = await (await gateway.JoinAsync()).OpenAsync();
        await one.AskAsync<Push, PushAck>(RawBlobs.Make(1)).Within();
        await two.AskAsync<Push, PushAck>(RawBlobs.Make(1)).Within();

        await one.SendAsync(RawBlobs.Make(2));
        await gateway.UntilAsync(one.ReceiveAsync<PushAck>(), Step);

        Assert.True(gateway.Metrics.Pauses(GatewayLimit.MessagesPerGateway) > 0);
    }

    [Fact]
    public async Task Push_StorageTakesNoMore_IsTriedAgain_AndRefusedWhenThatLastsTooLong()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { StreamDeadline = TimeSpan.FromSeconds(6) });
        int overloaded = 3;
        gateway.GroupGrain.OnAppend = _ => overloaded-- > 0 ? Overloaded() : null;
        RawSession session = await gateway.JoinAsync();
        RawStream pushing = await session.OpenAsync();
        await pushing.SendAsync(RawBlobs.Make(1));

        Assert.False((await gateway.UntilAsync(pushing.ReceiveAsync<PushAck>(), Step)).Duplicate);
        Assert.Equal(3, gateway.Metrics.Pauses(GatewayLimit.StorageQueue));

        overloaded = int.MaxValue;
        await pushing.SendAsync(RawBlobs.Make(2));
        Error error = await gateway.UntilAsync(pushing.ReceiveAsync<Error>(), Step);
        Assert.Equal((ErrorCode.RelayOverloaded, 1000U, 0UL), (error.Reason, error.RetryAfterMs, error.Detail[0]));

        overloaded = 0;
        await (await session.OpenAsync()).AskAsync<Push, PushAck>(RawBlobs.Make(2)).Within();
    }

    [Fact]
    public async Task Requests_MoreThanTheDeviceMay_AreRefusedUntilItMayAgain()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { RequestsPerSecond = 2, RequestsBurst = 3 });
        RawStream asking = await (await gateway.JoinAsync()).OpenAsync();
        for (int i = 0; i < 3; i++)
            await asking.AskAsync<ListDevices, ZeroKSync.Protocol.Messages.Devices>(new ListDevices()).Within();

        Error error = await asking.AskAsync<ListDevices, Error>(new ListDevices()).Within();

        Assert.Equal((ErrorCode.RateLimited, 500U), (error.Reason, error.RetryAfterMs));
        Assert.Equal(1, gateway.Metrics.Reached(GatewayLimit.RequestsPerDevice));
        gateway.Time.Advance(TimeSpan.FromMilliseconds(500));
        await asking.AskAsync<ListDevices, ZeroKSync.Protocol.Messages.Devices>(new ListDevices()).Within();
    }

    [Fact]
    public async Task BytesInHand_AboveTheBound_NothingNewIsBegun()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { BytesInHandMax = 4 << 20 });
        RawSession session = await gateway.JoinAsync();
        RawSession newcomer = await gateway.ConnectAsync();
        RawStream asking = await session.OpenAsync();
        RawStream pushing = await session.OpenAsync();
        RawStream longFrame = await session.OpenAsync();
        await pushing.AskAsync<Push, PushAck>(RawBlobs.Make(1)).Within();
        Assert.Equal(0, gateway.Services.Memory.Used);
        gateway.Services.Memory.Take(4 << 20);

        Error pulling = await asking.AskAsync<Pull, Error>(new Pull(default, 0, 0, false)).Within();
        Error hello = await gateway.UntilAsync(newcomer.Session.AskAsync<Hello, Error>(gateway.Group.Hello(newcomer)), Step);
        await longFrame.Stream.WriteAsync(longFrame.Seal(new byte[100 << 10]).AsMemory(0, 50 << 10), cancellationToken: Bounded.Token());
        var aborted = await Assert.ThrowsAsync<TransportException>(() => longFrame.ReceiveAsync().Within());
        await pushing.SendAsync(RawBlobs.Make(2));
        Task<PushAck> paused = pushing.ReceiveAsync<PushAck>();
        await Bounded.UntilAsync(() => gateway.Metrics.Pauses(GatewayLimit.BytesInHand) > 0);

        Assert.Equal((ErrorCode.RelayOverloaded, ErrorCode.RelayOverloaded), (pulling.Reason, hello.Reason));
        Assert.Equal(1000U, pulling.RetryAfterMs);
        Assert.InRange(hello.RetryAfterMs ?? 0, 1000U, 5000U);
        Assert.Equal((long)CloseCode.Busy, aborted.ApplicationCode);
        Assert.False(paused.IsCompleted);
        Assert.Equal(2, gateway.Metrics.Reached(GatewayLimit.BytesInHand));

        gateway.Services.Memory.Release(4 << 20);
        await gateway.UntilAsync(paused, Step);
        await asking.AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, false)).Within();
        await newcomer.Session.AskAsync<Hello, Welcome>(gateway.Group.Hello(newcomer)).Within();
        Assert.Equal(0, gateway.Services.Memory.Used);
    }

    [Fact]
    public async Task BytesInHand_AboveTheBound_ConnectionsAreClosedAsBusy()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { BytesInHandMax = 4 << 20 });
        gateway.Services.Memory.Take(4 << 20);

        await Assert.ThrowsAnyAsync<Exception>(() => gateway.ConnectAsync());

        await Bounded.UntilAsync(() => gateway.Metrics.Reached(GatewayLimit.BytesInHand) == 1);
        gateway.Services.Memory.Release(4 << 20);
        await gateway.JoinAsync();
    }

    [Fact]
    public async Task Subscription_GatewayAboveItsBound_WaitsAndGoesOn()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { BytesInHandMax = 4 << 20 });
        RawStream reading = await (await gateway.JoinAsync()).OpenAsync();
        gateway.Services.Memory.Take(4 << 20);

        await reading.SendAsync(new Subscribe(default));
        Task<PullResponse> first = reading.ReceiveAsync<PullResponse>();
        await Bounded.UntilAsync(() => gateway.Metrics.Pauses(GatewayLimit.BytesInHand) > 0);
        Assert.False(first.IsCompleted);

        gateway.Services.Memory.Release(4 << 20);
        await gateway.UntilAsync(first, Step);
    }

    [Fact]
    public async Task Creation_TooManyOfAnAddress_IsRefusedUntilItMayAgain()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { CreationsPerAddressPerHour = 1 });
        RawSession first = await gateway.ConnectAsync();
        await first.Session.AskAsync<Hello, Welcome>(gateway.Group.Hello(first, create: true)).Within();
        RawSession second = await gateway.ConnectAsync();

        Error error = await gateway.UntilAsync(second.Session.AskAsync<Hello, Error>(gateway.Group.Hello(second, create: true)), Step);

        Assert.Equal(ErrorCode.RateLimited, error.Reason);
        Assert.InRange(error.RetryAfterMs ?? 0, 3_500_000U, 3_600_000U);
        Assert.Equal(1, gateway.Metrics.Reached(GatewayLimit.CreationsPerAddress));
        // Whoever makes none is let in.
        await second.Session.AskAsync<Hello, Welcome>(gateway.Group.Hello(second)).Within();
    }

    [Fact]
    public async Task Creation_NotAdmitted_IsAskedOfTheGroupWithoutTheFlag()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions(), new TokenAdmission([new byte[32]]));
        RawSession session = await gateway.ConnectAsync();

        await session.Session.AskAsync<Hello, Welcome>(gateway.Group.Hello(session, create: true)).Within();

        Assert.False(Assert.Single(gateway.GroupGrain.Hellos).Create);
        Assert.Equal(1, gateway.Metrics.Reached(GatewayLimit.GroupAdmission));
    }

    [Fact]
    public async Task Handshake_ThatNeverSaysHello_IsClosedAtTheDeadline()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions { HandshakesPerAddressMax = 1 });
        RawSession silent = await gateway.ConnectAsync();

        gateway.Time.Advance(TimeSpan.FromSeconds(10));
        await silent.Connection.Closed.Within();

        await Bounded.UntilAsync(() => gateway.Metrics.Reached(GatewayLimit.OpenDeadline) == 1 && gateway.Services.Limits.Sessions == 0);
        await gateway.JoinAsync();
    }

    [Fact]
    public async Task Notify_AfterTheSubscriptionHasEnded_ComesAgain()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        RawSession session = await gateway.JoinAsync();
        RawStream reading = await session.OpenAsync();
        await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default)).Within();
        gateway.DeviceGrain.Observer.OnHead(new HeadNotice { HeadCursor = new Cursor(1), Count = 1, SizeBytes = 10 });
        reading.Stream.AbortWrite((long)CloseCode.None);
        reading.Stream.AbortRead((long)CloseCode.None);

        // The relay hears of the end some time; until then nothing is told.
        Task<RawStream> noticing = session.AcceptAsync();
        CancellationToken token = Bounded.Token();
        while (!noticing.IsCompleted)
        {
            token.ThrowIfCancellationRequested();
            gateway.DeviceGrain.Observer.OnHead(new HeadNotice { HeadCursor = new Cursor(2), Count = 1, SizeBytes = 10 });
            await Task.Yield();
        }

        Assert.Equal(2UL, (await (await noticing).ReceiveAsync<Notify>().Within()).HeadCursor.Value);
    }

    [Fact]
    public async Task Attach_AfterOneThatFailed_IsStillANewSessionsAndLaterOnesAreRenewals()
    {
        await using var gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        gateway.DeviceGrain.FailuresLeft = 1;
        RawStream asking = await (await gateway.JoinAsync()).OpenAsync();

        CancellationToken token = Bounded.Token();
        while (gateway.DeviceGrain.Attached.Count < 4)
        {
            token.ThrowIfCancellationRequested();
            gateway.Time.Advance(TimeSpan.FromSeconds(5));
            await asking.AskAsync<ListDevices, ZeroKSync.Protocol.Messages.Devices>(new ListDevices()).Within();
        }

        Assert.Equal([false, false, true, true], gateway.DeviceGrain.Attached.Take(4).Select(command => command.IsRenewal));
    }

    private static AppendResult Overloaded() => new() { Receipts = [], Refusal = new Refusal { Reason = RefusalReason.Overloaded, Detail = [], RetryAfterMs = 1000 } };
}
