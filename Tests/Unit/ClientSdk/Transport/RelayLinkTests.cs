using ZeroKSync.Client;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Session.Streams;
using RekeyMessage = ZeroKSync.Protocol.Messages.Rekey;

namespace ZeroKSync.Tests.Unit.ClientSdk.Transport;

/// <summary>A client's session with a relay that keeps to nothing, or lets it wait.</summary>
public sealed class RelayLinkTests
{
    // What says more than a stream is waited for so long.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Notices_StreamNumberASecondTime_EndsTheSessionAsAProtocolError()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync(inner => new RepeatingTransport(inner, number: 3));
        var seen = new TaskCompletionSource();
        Task reading = fixture.Link.ReadNoticesAsync(
            (_, _) =>
            {
                seen.TrySetResult();
                return Task.CompletedTask;
            },
            Bounded.Token());
        SealedStream first = await fixture.OpenAsync();
        await first.SendAsync(new Notify(default, 1, 1), endStream: true, Bounded.Token());
        await seen.Task.Within();

        SealedStream second = await fixture.OpenAsync();
        await second.SendAsync(new Notify(default, 1, 1), endStream: false, Bounded.Token());

        Assert.Equal(SyncErrorKind.Protocol, (await fixture.Link.Ended.Within()).Kind);
        Assert.Equal((long)CloseCode.Unwanted, (await fixture.Connection.Closed.Within()).ApplicationCode);
        await reading.Within();
    }

    [Fact]
    public async Task OpenAsync_FrameLongerThanMayBeBeforeWelcome_EndsTheSession()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task<PullResponse> asking = fixture.Link.OpenAsync<Subscribe, PullResponse>(new Subscribe(default), Bounded.Token());

        await fixture.Session.SendAsync(LongPage(), endStream: false, Bounded.Token());

        Assert.Equal(SyncErrorKind.Protocol, (await Assert.ThrowsAsync<SyncException>(() => asking.Within())).Kind);
        Assert.Equal((long)CloseCode.Length, (await fixture.Connection.Closed.Within()).ApplicationCode);
    }

    [Fact]
    public async Task OpenAsync_TheSameFrameAfterWelcome_IsTaken()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        fixture.Link.Welcomed();
        Task<PullResponse> asking = fixture.Link.OpenAsync<Subscribe, PullResponse>(new Subscribe(default), Bounded.Token());

        await fixture.Session.SendAsync(LongPage(), endStream: false, Bounded.Token());

        Assert.Single((await asking.Within()).Entries);
    }

    [Fact]
    public async Task RequestAsync_StreamEndsWithoutAnAnswerAndByeFollows_FailsAsByeSays()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        _ = fixture.Link.ReadNoticesAsync((_, _) => Task.CompletedTask, Bounded.Token());
        Task<Done> asking = await AskInVainAsync(fixture, Bounded.Token());

        SealedStream notices = await fixture.OpenAsync();
        await notices.SendAsync(new Bye(ByeCode.RelayShuttingDown, null, 1500), endStream: false, Bounded.Token());

        SyncException failure = await Assert.ThrowsAsync<SyncException>(() => asking.Within());
        Assert.Equal((SyncErrorKind.RelayBusy, true, TimeSpan.FromMilliseconds(1500)), (failure.Kind, failure.IsTransient, failure.RetryAfter));
    }

    [Fact]
    public async Task RequestAsync_StreamEndsWithoutAnAnswerAndNothingFollows_EndsTheSessionAsAProtocolError()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task<Done> asking = await AskInVainAsync(fixture, Bounded.Token());

        fixture.Time.Advance(EndPatience);

        Assert.Equal(SyncErrorKind.Protocol, (await Assert.ThrowsAsync<SyncException>(() => asking.Within())).Kind);
        Assert.Equal(SyncErrorKind.Protocol, (await fixture.Link.Ended.Within()).Kind);
    }

    [Fact]
    public async Task RequestAsync_GivenUpWhileTheEndIsWaitedFor_LeavesTheSession()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        using var stop = new CancellationTokenSource();
        Task<Done> asking = await AskInVainAsync(fixture, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.Within());
        Assert.False(fixture.Link.Ended.IsCompleted);
    }

    // The connection lives: nothing of it is to be waited for.
    [Fact]
    public async Task OpenStreamAsync_MoreThanMayWait_IsRefusedAtOnceAndTheSessionLives()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        const int Most = 100_000;
        CancellationToken token = Bounded.Token();
        int opened = 0;
        Task<SealedStream> last;
        do
            last = fixture.Link.OpenStreamAsync(token);
        while (!last.IsFaulted && ++opened < Most);

        Assert.InRange(opened, 1, Most - 1);
        Assert.True((await Assert.ThrowsAsync<SyncException>(() => last.Within())).IsTransient);
        Assert.False(fixture.Link.Ended.IsCompleted);
    }

    [Fact]
    public async Task KeepKeys_RelayAsks_RekeysAndGoesOn()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task keeping = fixture.Link.KeepKeysAsync(fixture.Device, RekeyLimits.Default, fixture.Time, Bounded.Token());
        using SessionRekey rekey = fixture.Rekey(RekeyLimits.Default);

        await fixture.Session.SendAsync(new RekeyMessage(default), endStream: false, Bounded.Token());
        for (int i = 0; i < 2; i++)
            await rekey.TakeAsync((await fixture.Session.ReceiveAsync(Bounded.Token()))!.Value, Bounded.Token());

        Assert.Equal(1, fixture.Streams.Keys.Epoch);
        SealedStream asked = await fixture.Link.OpenStreamAsync(Bounded.Token());
        await asked.SendAsync(new Done(), endStream: true, Bounded.Token());
        await fixture.Session.TryFillAsync(Bounded.Token());
        Assert.Equal(FrameStatus.Incomplete, fixture.Session.Receive(Limits.FrameBytes, out _));
        Assert.Equal(1, fixture.Session.Heard.Epoch);
        Assert.False(keeping.IsCompleted);
    }

    [Fact]
    public async Task KeepKeys_RelayBreaksTheExchange_EndsTheSessionWithItsCode()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task keeping = fixture.Link.KeepKeysAsync(fixture.Device, RekeyLimits.Default, fixture.Time, Bounded.Token());

        await fixture.Session.SendAsync(new RekeyMessage(new byte[HandshakeMessage.SecondBytes]), endStream: false, Bounded.Token());

        LinkEnd end = await fixture.Link.Ended.Within();
        Assert.Equal((SyncErrorKind.Protocol, true), (end.Kind, end.IsTransient));
        Assert.Equal((long)CloseCode.Handshake, (await fixture.Connection.Closed.Within()).ApplicationCode);
        await keeping.Within();
    }

    [Fact]
    public async Task KeepKeys_RelayDoesNotAnswer_EndsTheSessionAtTheDeadline()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task keeping = fixture.Link.KeepKeysAsync(fixture.Device, new RekeyLimits { AgeSoft = TimeSpan.FromSeconds(1) }, fixture.Time, Bounded.Token());
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await fixture.Session.ReceiveAsync(Bounded.Token()));

        fixture.Time.Advance(RekeyLimits.Default.Deadline);

        Assert.Equal(SyncErrorKind.Protocol, (await fixture.Link.Ended.Within()).Kind);
        Assert.Equal((long)CloseCode.Deadline, (await fixture.Connection.Closed.Within()).ApplicationCode);
        await keeping.Within();
    }

    [Fact]
    public async Task KeepKeys_FrameUnderKeysNobodyMade_EndsTheSessionAsUnauthentic()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        Task keeping = fixture.Link.KeepKeysAsync(fixture.Device, RekeyLimits.Default, fixture.Time, Bounded.Token());
        using SessionKeys made = fixture.MakeKeys();
        Assert.True(fixture.Streams.Keys.TryStage(made));
        fixture.Streams.Keys.Switch(TimeSpan.MaxValue);

        await fixture.Session.SendAsync(new RekeyMessage(default), endStream: false, Bounded.Token());

        await Assert.ThrowsAsync<RelayProtocolException>(() => keeping.Within());
    }

    [Fact]
    public async Task KeepKeys_NoEpochLeft_EndsTheSessionToReopenItAtOnce()
    {
        await using LinkFixture fixture = await LinkFixture.ConnectAsync();
        RekeyLimits many = new() { EpochsLive = 1000, AgeSoft = TimeSpan.FromSeconds(30) };
        using SessionRekey rekey = fixture.Rekey(many);
        Task keeping = fixture.Link.KeepKeysAsync(fixture.Device, many, fixture.Time, Bounded.Token());
        for (int epoch = 0; epoch < SessionKeys.LastEpoch; epoch++)
        {
            fixture.Time.Advance(many.AgeSoft);
            for (int i = 0; i < 2; i++)
                await rekey.TakeAsync((await fixture.Session.ReceiveAsync(Bounded.Token()))!.Value, Bounded.Token());

            // The client's own clock for the new epoch has begun when its first frame under it comes.
            await fixture.Session.TryFillAsync(Bounded.Token());
        }

        fixture.Time.Advance(many.AgeSoft);

        LinkEnd end = await fixture.Link.Ended.Within();
        Assert.True(end.IsReopen && end.IsTransient);
        Assert.Equal((long)CloseCode.None, (await fixture.Connection.Closed.Within()).ApplicationCode);
        await keeping.Within();
    }

    // A request whose stream the relay has ended without an answer, and which waits for more.
    private static async Task<Task<Done>> AskInVainAsync(LinkFixture fixture, CancellationToken cancellationToken)
    {
        Task<Done> asking = fixture.Link.RequestAsync<Ack, Done>(new Ack(default), cancellationToken);
        SealedStream asked = await fixture.AcceptStreamAsync();
        Assert.NotNull(await asked.ReceiveAsync(Bounded.Token()));
        await asked.FlushAsync(endStream: true, Bounded.Token());
        await Bounded.UntilAsync(() => fixture.Time.IsArmedFor(EndPatience));
        Assert.False(asking.IsCompleted);
        return asking;
    }

    private static PullResponse LongPage() => new(
        [new PullEntry(new Cursor(1), PullEntryState.Blob, default, default, default, new Sequence(1), new Sequence(1), 0, new byte[Limits.FrameBytesBeforeWelcome], default(ReadOnlyMemory<byte>?))],
        new Cursor(1),
        HasMore: false,
        new Cursor(1),
        new Cursor(1));
}
