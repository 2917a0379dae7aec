using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A-RES-03: what a member leaves unfinished is given up in time, and what it stuffs into its streams stays small; others notice nothing.</summary>
public sealed class StalledStreamTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    // All streams a peer may have open, and what they would hold without a cap: a quarter of a gigabyte.
    private const int StreamsMax = 250;
    private const int StuffedBytes = 1 << 20;
    private const long GrowthBytesMax = 96 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_UnfinishedFrame_StreamIsGivenUpAndTheSessionLives(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket, Short);
        RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();
        byte[] frame = stream.Seal(MessageCodec.Encode(new ListDevices()));

        await stream.Stream.WriteAsync(frame.AsMemory(0, frame.Length - 1), cancellationToken: Bounded.Token());

        await AssertGivenUpAsync(stream, CloseCode.Deadline);
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
        Assert.Contains("zks_gateway_aborted_streams_total{reason=\"Late\"} ", await relay.MetricsAsync(), StringComparison.Ordinal);
        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_StreamWithoutARequest_IsGivenUp(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket, Short);
        RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();

        // Whole, authentic, and no request: it only moves its stream to new keys.
        await stream.SendBytesAsync([]);

        await AssertGivenUpAsync(stream, CloseCode.Deadline);
        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_UnfinishedFrameOnTheSessionStream_EndsTheSession(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket, Short);
        RawSession session = await relay.JoinAsync();
        byte[] frame = session.Session.Seal(MessageCodec.Encode(new Presence(PresenceStatus.Away)));

        await session.Session.Stream.WriteAsync(frame.AsMemory(0, 5), cancellationToken: Bounded.Token());

        Assert.Equal((long)CloseCode.Deadline, (await session.Connection.Closed.Within()).ApplicationCode);
        await relay.PushByTheOtherAsync();
    }

    [Fact]
    public async Task A_RES_03_PushStreamAtRest_IsKept()
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket: false, Short);
        await relay.PushByTheOtherAsync();
        RawSession session = await relay.JoinAsync();
        RawStream late = await session.OpenAsync();
        await late.SendBytesAsync([]);

        // Longer than the deadline: another stream has just met it.
        await AssertGivenUpAsync(late, CloseCode.Deadline);

        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_EveryStreamStuffedWithAnUnfinishedFrame_MemoryStaysAndOthersGoOn(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        RawSession session = await relay.JoinAsync();
        await relay.PushByTheOtherAsync();
        long before = relay.Fixture.Relay.WorkingSetBytes;
        byte[] unfinished = RawSession.Framed(new byte[StuffedBytes])[..^1];
        int taken = 0;
        int busy = 0;

        Task stuffing = Task.WhenAll(Enumerable.Range(0, StreamsMax).Select(_ => StuffAsync())).Within();
        await relay.PushByTheOtherAsync(50);
        await stuffing;

        Assert.InRange(relay.Fixture.Relay.WorkingSetBytes - before, long.MinValue, GrowthBytesMax);
        // Some may be in the windows whole when the relay gives them up.
        Assert.Equal(StreamsMax, taken + busy);
        await relay.UntilMetricAsync($"zks_gateway_aborted_streams_total{{reason=\"Busy\"}} {StreamsMax - 8}\n");
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());

        async Task StuffAsync()
        {
            RawStream stream = await session.OpenAsync();
            try
            {
                await stream.Stream.WriteAsync(unfinished, cancellationToken: Bounded.Token());
                Interlocked.Increment(ref taken);
            }
            catch (TransportException exception) when (exception.Kind == TransportErrorKind.StreamStopped)
            {
                await AssertGivenUpAsync(stream, CloseCode.Busy);
                Interlocked.Increment(ref busy);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_EveryStreamAsksForAPageAndNoneIsRead_MemoryStaysAndOthersGoOn(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        await relay.PushByTheOtherAsync(1, envelopeBytes: Limits.EnvelopeBytes);
        RawSession session = await relay.JoinAsync(windowBytes: 16 << 10);
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
        long before = relay.Fixture.Relay.WorkingSetBytes;

        for (int i = 0; i < StreamsMax; i++)
            await (await session.OpenAsync()).SendAsync(new Pull(default, 0, 0, Own: false));

        await relay.PushByTheOtherAsync(50);

        Assert.InRange(relay.Fixture.Relay.WorkingSetBytes - before, long.MinValue, GrowthBytesMax);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_03_SecondPushStreamOrSubscription_ReplacesTheFirst(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        RawSession session = await relay.JoinAsync();
        RawStream firstPushing = await session.OpenAsync();
        await firstPushing.AskAsync<Push, PushAck>(HostileSessions.Blob(1));
        RawStream firstReading = await session.OpenAsync();
        await firstReading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));

        RawStream pushing = await session.OpenAsync();
        Assert.False((await pushing.AskAsync<Push, PushAck>(HostileSessions.Blob(2))).Duplicate);
        RawStream reading = await session.OpenAsync();
        await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));

        await AssertGivenUpAsync(firstPushing, CloseCode.Unwanted);
        await AssertGivenUpAsync(firstReading, CloseCode.Unwanted);
        Assert.False((await pushing.AskAsync<Push, PushAck>(HostileSessions.Blob(3))).Duplicate);
        await relay.PushByTheOtherAsync();
        // A page without rows may come first: it says that one's own were passed over.
        PullResponse page;
        do
            page = await reading.ReceiveAsync<PullResponse>();
        while (page.Entries.Count == 0);

        Assert.Single(page.Entries);
        Assert.Contains("zks_gateway_aborted_streams_total{reason=\"Replaced\"} 2", await relay.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_RES_03_ManyStreamsGivenUp_AreOneLineWithoutANumberOfAnyone()
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket: false, Short);
        RawSession session = await relay.JoinAsync();
        RawStream[] streams = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            RawStream stream = await session.OpenAsync();
            await stream.SendBytesAsync([]);
            return stream;
        }));

        foreach (RawStream stream in streams)
            await AssertGivenUpAsync(stream, CloseCode.Deadline);

        await relay.Fixture.Relay.TerminateAsync(Bounded.Token());
        string log = await File.ReadAllTextAsync(relay.Fixture.Log, Bounded.Token());
        Assert.Single(log.Split('\n'), line => line.Contains("Gave up", StringComparison.Ordinal));
        Assert.DoesNotContain(session.Device.ToHex(), log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("127.0.0.1", log, StringComparison.Ordinal);
    }

    private static async Task AssertGivenUpAsync(RawStream stream, CloseCode code)
    {
        TransportException exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (await stream.Stream.ReadAsync(new byte[1 << 10], Bounded.Token()) > 0)
            {
                // What was answered before.
            }
        });

        Assert.Equal((TransportErrorKind.StreamReset, (long)code), (exception.Kind, exception.ApplicationCode));
    }
}
