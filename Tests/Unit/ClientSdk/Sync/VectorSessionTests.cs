using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>Vectors in a session: when they are sealed, and what a relay that keeps something back is told by (R-WITHHOLD).</summary>
public sealed class VectorSessionTests : IAsyncDisposable
{
    private static readonly DeviceId Third = DeviceId.Read([.. Enumerable.Repeat((byte)0x33, 32)]);

    private readonly DeviceFixture _device = new();
    private readonly Inbox _inbox;
    private readonly KeyUpdates _updates;
    private readonly CancellationTokenSource _stop = new();
    private readonly Member _third;
    private readonly Outbox _outbox;
    private ScriptedRelay? _relay;
    private Task<LinkEnd>? _running;

    public VectorSessionTests()
    {
        _inbox = new Inbox(_device.Context, InboxBounds.Default);
        _updates = new KeyUpdates(_device.Context, _inbox);
        _third = new Member(_device, Third);
        _outbox = new Outbox(_device.Context);
    }

    [Fact]
    public async Task RunAsync_SomethingNew_IsToldOfAfterTenMinutesAndOnce()
    {
        await RunAsync(_device.Next(), _device.Next());
        await _outbox.AddAsync(new byte[] { 1 }, Bounded.Token());
        await Bounded.UntilAsync(() => _relay!.Pushes.Count == 1);

        await SettleAsync();
        _device.Time.Advance(VectorRules.Interval - TimeSpan.FromSeconds(1));
        await SettleAsync();
        Assert.Single(_relay!.Pushes);

        _device.Time.Advance(TimeSpan.FromSeconds(1));
        await Bounded.UntilAsync(() => _relay.Pushes.Count == 2);
        KeyValuePair<DeviceId, VectorEntry>[] said = Said(_relay.Pushes.Last());
        Assert.Equal(
            [(DeviceFixture.Sender, 2UL, _device.Peer.LastLink), (_device.Context.DeviceId, 1UL, (await OutboxAsync())[0].Link)],
            said.Select(entry => (entry.Key, entry.Value.Sequence.Value, entry.Value.Link)).OrderByDescending(entry => entry.Value));

        // Its own vector is nothing to tell of.
        await SettleAsync();
        _device.Time.Advance(VectorRules.Interval * 3);
        await SettleAsync();
        Assert.Equal(2, _relay.Pushes.Count);
    }

    [Fact]
    public async Task RunAsync_VectorOfAnother_IsNothingToTellOf()
    {
        await RunAsync(Vector(_device.Peer));
        _device.Time.Advance(VectorRules.Interval * 3);
        await SettleAsync();

        Assert.Empty(_relay!.Pushes);
    }

    [Fact]
    public async Task RunAsync_NewEpoch_IsBegunWithAVector()
    {
        await RunAsync();
        Rotation rotation = _device.Peer.Rotate();
        (_relay!.Epoch, _relay.LastStatement) = (new KeyEpoch(1), _device.Peer.Record.Rotations.LastStatement);
        await _relay.NotifyAsync(new KeyRotated(rotation.Statement, rotation.Signature, rotation.Members, rotation.Wrap));

        await Bounded.UntilAsync(() => _relay.Pushes.Count == 1);

        Assert.Equal(new KeyEpoch(1), _relay.Pushes.Single().Push.KeyEpoch);
        Assert.Empty(Said(_relay.Pushes.Single()));
    }

    [Fact]
    public async Task AddAsync_FirstUnderANewEpoch_HasAVectorBeforeIt()
    {
        await _outbox.LoadAsync(default, Bounded.Token());
        await _outbox.AddAsync(new byte[] { 1 }, Bounded.Token());
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());

        PushReceipt receipt = await _outbox.AddAsync(new byte[] { 2 }, Bounded.Token());

        Assert.Equal(3UL, receipt.Sequence.Value);
        OutboxItem[] items = await OutboxAsync();
        Assert.Equal([0u, 1u, 1u], items.Select(item => item.KeyEpoch.Value));
        Assert.True(_device.Context.Sealer.TryOpen(new BlobIds(_device.Context.DeviceId, items[1].SenderSeq, items[1].BlobId), items[1].Envelope.Span, out OpenedBlob opened));
        Assert.Equal(BlobType.Vector, opened.Type);
    }

    [Fact]
    public async Task R_WITHHOLD_Tail_IsReportedTenMinutesAfterTheVectorAndNeverSynced()
    {
        PullEntry shown = _device.Next();
        _ = _device.Next();
        await RunAsync(shown, Vector(_third, _device.Peer));

        await AssertWithheldAsync(DeviceFixture.Sender, claimed: 2);
    }

    [Fact]
    public async Task R_WITHHOLD_Sender_IsReportedToo()
    {
        _ = _device.Next();
        await RunAsync(Vector(_third, _device.Peer));

        await AssertWithheldAsync(DeviceFixture.Sender, claimed: 1);
    }

    [Fact]
    public async Task R_WITHHOLD_WhatIsShownInTime_IsForgotten()
    {
        PullEntry shown = _device.Next();
        PullEntry late = _device.Next();
        PullEntry vector = Vector(_third, _device.Peer);
        await RunAsync(shown, vector);
        Assert.Equal(1, _device.Context.Board.Facts.Behind);
        _device.Time.Advance(TimeSpan.FromMinutes(9));

        await _inbox.TakeAsync(_relay!.Id, vector.Cursor, DeviceFixture.Page(late with { Cursor = _device.NextCursor() }), isSecondReading: false, Bounded.Token());
        await SettleAsync();
        _device.Time.Advance(TimeSpan.FromMinutes(20));
        await SettleAsync();

        Assert.Equal((0, false), (_device.Context.Board.Facts.Behind, _device.Context.Board.Facts.IsWithheld));
        Assert.DoesNotContain(SyncEventKind.RelayWithholding, await _device.RaisedAsync());
        Assert.Empty(await _device.RunAsync(transaction => transaction.Claims.Load()));
    }

    [Fact]
    public async Task R_WITHHOLD_BlobThatTheRelayNamesAsExpired_IsMissingAndNotWithheld()
    {
        PullEntry expired = _device.Next() with { State = PullEntryState.Expired, Envelope = null };
        await RunAsync(expired, Vector(_third, _device.Peer));

        await SettleAsync();
        _device.Time.Advance(TimeSpan.FromMinutes(20));
        await SettleAsync();

        List<SyncEventKind> raised = await _device.RaisedAsync();
        Assert.Contains(SyncEventKind.Missing, raised);
        Assert.DoesNotContain(SyncEventKind.RelayWithholding, raised);
        Assert.NotEqual(SyncState.Synced, _device.Context.Board.Current.State);
    }

    [Fact]
    public async Task R_WITHHOLD_AfterARestart_TheTimeGoesOn()
    {
        _ = _device.Next();
        await _device.MeetRelayAsync();
        await _inbox.TakeAsync(DeviceFixture.Relay, default, DeviceFixture.Page(Vector(_third, _device.Peer)), isSecondReading: false, Bounded.Token());
        using var again = new Inbox(_device.Context, InboxBounds.Default);
        _device.Time.Advance(TimeSpan.FromMinutes(9));
        await again.LoadAsync(Bounded.Token());

        Assert.Equal(1UL, again.Claims[DeviceFixture.Sender].First.Value);
        Assert.Equal(1, _device.Context.Board.Facts.Behind);
        Assert.Equal(_device.Time.GetUtcNow() + TimeSpan.FromMinutes(1), VectorRules.WithheldAt(again.Claims[DeviceFixture.Sender], _device.Time.GetUtcNow()));
    }

    [Fact]
    public async Task TakeAsync_TwoViewsOfOneNumber_AreAFork()
    {
        await _device.MeetRelayAsync();
        PullEntry here = _device.Next();
        KeyValuePair<DeviceId, VectorEntry> other = new(DeviceFixture.Sender, new VectorEntry(new Sequence(1), SequenceLink.Read([.. Enumerable.Repeat((byte)8, 32)])));

        await _inbox.TakeAsync(DeviceFixture.Relay, default, DeviceFixture.Page(here, _third.Next(BlobType.Vector, VectorBlob.Encode([other]))), isSecondReading: false, Bounded.Token());

        Assert.Equal([SyncEventKind.ForkDetected], await _device.RaisedAsync());
    }

    [Fact]
    public async Task TakeAsync_PeerThatHasMoreOfThisDevice_SaysThatItIsACopy()
    {
        await _device.MeetRelayAsync();
        KeyValuePair<DeviceId, VectorEntry> self = new(_device.Context.DeviceId, new VectorEntry(new Sequence(4), default));

        await _inbox.TakeAsync(DeviceFixture.Relay, default, DeviceFixture.Page(_third.Next(BlobType.Vector, VectorBlob.Encode([self]))), isSecondReading: false, Bounded.Token());

        Assert.Equal(SyncErrorKind.Forked, _device.Context.Board.Facts.Failure);
        Assert.Equal([SyncEventKind.DeviceForked], await _device.RaisedAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is { } running)
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (_relay is { } relay)
            await relay.DisposeAsync();

        _third.Dispose();
        _updates.Dispose();
        _inbox.Dispose();
        await _device.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AssertWithheldAsync(DeviceId sender, ulong claimed)
    {
        await SettleAsync();
        Assert.NotEqual(SyncState.Synced, _device.Context.Board.Current.State);
        _device.Time.Advance(VectorRules.Patience - TimeSpan.FromSeconds(1));
        await SettleAsync();
        Assert.False(_device.Context.Board.Facts.IsWithheld);

        _device.Time.Advance(TimeSpan.FromSeconds(1));

        await Bounded.UntilAsync(() => _device.Context.Board.Current.Failure == SyncErrorKind.RelayWithholding);
        Assert.Equal(SyncState.SyncFailed, _device.Context.Board.Current.State);
        Assert.Equal(claimed, _inbox.Claims[sender].Last.Value);
        Assert.Single(await _device.RaisedAsync(), SyncEventKind.RelayWithholding);
    }

    // What a member has of others and of itself, sealed by it.
    private PullEntry Vector(Member by, params Member[] of) => by.Next(
        BlobType.Vector,
        VectorBlob.Encode(of.Append(by).Select(member => new KeyValuePair<DeviceId, VectorEntry>(member.Id, new VectorEntry(member.LastSeq, member.LastLink)))));

    private async Task RunAsync(params PullEntry[] rows)
    {
        _relay = await ScriptedRelay.StartAsync();
        _relay.Rows.AddRange(rows);
        GroupSession session = await GroupSession.OpenAsync(_device.Context, _updates, _relay.Transport, _relay.Address, HelloFlags.None, Bounded.Token());
        await _outbox.LoadAsync(default, Bounded.Token());
        _device.Context.Board.Update(facts => facts with { Phase = ConnectionPhase.Active });
        _running = session.RunAsync(_outbox, _inbox, _updates, new AckedSaver(_device.Context.Store), _ => { }, _stop.Token);
        await Bounded.UntilAsync(() => _device.Context.Board.Facts.IsCaughtUp);
    }

    // The pump looks at the store and then arms its timer: after a turn of the store on each side of a yield it has.
    private async Task SettleAsync()
    {
        for (int turn = 0; turn < 20; turn++)
        {
            await _device.RunAsync(transaction => transaction.Outbox.Last());
            await Task.Yield();
        }
    }

    private KeyValuePair<DeviceId, VectorEntry>[] Said((Push Push, byte[] Envelope) pushed)
    {
        byte[] payload = _device.Peer.Open(new BlobIds(_device.Context.DeviceId, pushed.Push.SenderSeq, pushed.Push.BlobId), pushed.Envelope);
        Assert.True(VectorBlob.TryDecode(payload, out KeyValuePair<DeviceId, VectorEntry>[]? said));
        return said;
    }

    private async Task<OutboxItem[]> OutboxAsync() => [.. await _device.RunAsync(transaction => transaction.Outbox.ReadAfter(default, 100, long.MaxValue))];
}
