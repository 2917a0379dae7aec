using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class GroupSessionTests : IAsyncDisposable
{
    // What says more than a stream is waited for so long.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly DeviceFixture _device = new();
    private readonly Inbox _inbox;
    private readonly KeyUpdates _updates;
    private readonly CancellationTokenSource _stop = new();
    private ScriptedRelay? _relay;
    private Outbox? _outbox;
    private Task<LinkEnd>? _running;

    public GroupSessionTests()
    {
        _inbox = new Inbox(_device.Context, new InboxBounds(Rows: 1, Bytes: 1 << 20));
        _updates = new KeyUpdates(_device.Context, _inbox);
    }

    [Fact]
    public async Task OpenAsync_RelayLevel_SaysHelloOnce()
    {
        ScriptedRelay relay = await StartAsync();

        await using GroupSession session = await OpenAsync();

        Assert.Single(relay.Hellos);
        Assert.Equal(0, relay.RotationsAsked);
    }

    [Fact]
    public async Task OpenAsync_RelayAhead_FollowsAndSaysHelloAgain()
    {
        ScriptedRelay relay = await StartAsync();
        Rotate(relay);
        Rotate(relay);

        await using GroupSession session = await OpenAsync();

        Assert.Equal([0u, 2u], relay.Hellos.Select(hello => hello.KeyEpoch.Value));
        Assert.Equal(2, relay.Hellos.Last().Chain.Count);
        Assert.Equal(2u, _device.Context.Keyring.Current.Epoch.Value);
    }

    [Fact]
    public async Task OpenAsync_RelayAheadThatHasNothingForThisDevice_IsNoSession()
    {
        ScriptedRelay relay = await StartAsync();
        Rotate(relay);
        relay.Rotations[0] = relay.Rotations[0] with { Wrap = null };

        SyncException failure = await Assert.ThrowsAsync<SyncException>(OpenAsync);

        Assert.Equal((SyncErrorKind.OutOfStep, true), (failure.Kind, failure.IsTransient));
        Assert.Single(relay.Hellos);
        Assert.Equal(0u, _device.Context.Keyring.Current.Epoch.Value);
        Assert.Equal([SyncEventKind.RotationRefused], await _device.RaisedAsync());
    }

    [Fact]
    public async Task OpenAsync_RelayThatClaimsToBeAheadAndShowsNothing_IsNoSession()
    {
        ScriptedRelay relay = await StartAsync();
        relay.Epoch = new KeyEpoch(7);

        Assert.Equal(SyncErrorKind.OutOfStep, (await Assert.ThrowsAsync<SyncException>(OpenAsync)).Kind);
        Assert.Equal(1, relay.RotationsAsked);
    }

    [Fact]
    public async Task OpenAsync_RelayWithAnotherHistory_IsNotFollowed()
    {
        ScriptedRelay relay = await StartAsync();
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());
        using var other = new Member(_device, DeviceFixture.Sender);
        other.Rotate();
        relay.Epoch = new KeyEpoch(1);
        relay.LastStatement = StatementHash.Read([.. Enumerable.Repeat((byte)3, 32)]);

        SyncException failure = await Assert.ThrowsAsync<SyncException>(OpenAsync);

        Assert.Equal((SyncErrorKind.RotationFork, false), (failure.Kind, failure.IsTransient));
        Assert.Equal((1, 0), (relay.Hellos.Count, relay.RotationsAsked));
        Assert.Equal([SyncEventKind.KeyRotated, SyncEventKind.RotationFork], await _device.RaisedAsync());
    }

    [Fact]
    public async Task OpenAsync_LongerChainOfAnotherHistory_IsNotFollowed()
    {
        ScriptedRelay relay = await StartAsync();
        using var other = new Member(_device, DeviceId.Read([.. Enumerable.Repeat((byte)0x44, 32)]));
        Rotation[] fork = [other.Rotate(), other.Rotate()];
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());
        relay.Rotations.AddRange(fork);
        relay.Epoch = new KeyEpoch(2);
        relay.LastStatement = other.Record.Rotations.LastStatement;

        // All that it shows from the start, whatever was asked: the fork is where this device has a statement of its own.
        relay.OnHello = _ => relay.Rotations.Insert(0, fork[0]);

        Assert.Equal(SyncErrorKind.RotationFork, (await Assert.ThrowsAsync<SyncException>(OpenAsync)).Kind);
        Assert.Equal(1u, _device.Context.Keyring.Current.Epoch.Value);
    }

    [Fact]
    public async Task OpenAsync_RelayBehind_IsShownTheChainAgainAndNeverFollowedBack()
    {
        ScriptedRelay relay = await StartAsync();
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());
        relay.OnHello = hello =>
        {
            if (relay.Hellos.Count == 2)
                (relay.Epoch, relay.LastStatement) = (new KeyEpoch((uint)hello.Chain.Count), _device.Context.Record.Rotations.LastStatement);
        };

        await using GroupSession session = await OpenAsync();

        Assert.Equal([1, 1], relay.Hellos.Select(hello => hello.Chain.Count));
        Assert.Equal(1u, _device.Context.Keyring.Current.Epoch.Value);
    }

    [Fact]
    public async Task OpenAsync_RelayThatStaysBehind_IsNoSession()
    {
        ScriptedRelay relay = await StartAsync();
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());

        Assert.Equal(SyncErrorKind.OutOfStep, (await Assert.ThrowsAsync<SyncException>(OpenAsync)).Kind);
        Assert.Equal(Limits.Hellos, relay.Hellos.Count);
    }

    [Fact]
    public async Task RunAsync_KeyRotatedNotice_IsAdopted()
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();
        Rotation rotation = _device.Peer.Rotate();

        await relay.NotifyAsync(new KeyRotated(rotation.Statement, rotation.Signature, rotation.Members, rotation.Wrap));

        await Bounded.UntilAsync(() => _device.Context.Keyring.Current.Epoch.Value == 1);
    }

    [Fact]
    public async Task RunAsync_NoticeOfALaterEpoch_AsksForThoseBetween()
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();
        Rotate(relay);
        Rotation last = Rotate(relay);

        await relay.NotifyAsync(new KeyRotated(last.Statement, last.Signature, last.Members, last.Wrap));

        await Bounded.UntilAsync(() => _device.Context.Keyring.Current.Epoch.Value == 2);
        // Once for the notice; and once more where the vector that begins the epoch between was refused before the next was adopted.
        Assert.InRange(relay.RotationsAsked, 1, 2);
    }

    [Fact]
    public async Task RunAsync_NoticeOfAnotherHistory_EndsTheSessionForGood()
    {
        ScriptedRelay relay = await StartAsync();
        using var other = new Member(_device, DeviceId.Read([.. Enumerable.Repeat((byte)0x44, 32)]));
        await _updates.TakeAsync(_device.Peer.Rotate(), Bounded.Token());
        (relay.Epoch, relay.LastStatement) = (new KeyEpoch(1), _device.Context.Record.Rotations.LastStatement);
        await RunAsync();
        Rotation fork = other.Rotate();

        await relay.NotifyAsync(new KeyRotated(fork.Statement, fork.Signature, fork.Members, fork.Wrap));

        Assert.Equal(new LinkEnd(SyncErrorKind.RotationFork, IsTransient: false), await _running!.Within());
    }

    [Fact]
    public async Task RunAsync_RoomForWhatDoesNotOpenIsFull_AcknowledgesNothingAboveAndGoesOnWithANewKey()
    {
        ScriptedRelay relay = await StartAsync();
        Rotation rotation = _device.Peer.Rotate();
        relay.Rows.AddRange([_device.Next(), _device.Next(), _device.Next()]);

        await RunAsync();
        await Bounded.UntilAsync(() => _device.Context.Board.Facts.ReadFailure == SyncErrorKind.QuarantineFull);
        await AdvanceUntilAsync(() => !relay.Acks.IsEmpty);
        Assert.All(relay.Acks, acked => Assert.Equal(new Cursor(1), acked));
        (relay.Epoch, relay.LastStatement) = (_device.Peer.Record.Rotations.Epoch, _device.Peer.Record.Rotations.LastStatement);

        await relay.NotifyAsync(new KeyRotated(rotation.Statement, rotation.Signature, rotation.Members, rotation.Wrap));

        await AdvanceUntilAsync(() => relay.Acks.Contains(new Cursor(3)));
        Assert.Null(_device.Context.Board.Facts.ReadFailure);
        Assert.Equal(3, (await _device.RunAsync(transaction => transaction.Inbox.ReadDeliverable(0, 10, long.MaxValue))).Count);
    }

    [Fact]
    public async Task RunAsync_RelayRefusesTheEpoch_SealsAgainOnlyWhatItDoesNotHave()
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();
        PushReceipt taken = await PushAsync(1);
        await taken.Delivered.Within();
        OutboxItem[] before = await OutboxAsync();
        Rotate(relay);

        PushReceipt[] late = [await PushAsync(2), await PushAsync(3)];
        OutboxItem[] sealedOld = await OutboxAsync();
        await Task.WhenAll(late.Select(receipt => receipt.Delivered)).Within();

        OutboxItem[] after = await OutboxAsync();
        Assert.Equal(before[0].Envelope.ToArray(), after[0].Envelope.ToArray());
        Assert.Equal([0u, 1u, 1u], relay.Pushes.Take(3).Select(pushed => pushed.Push.KeyEpoch.Value));
        foreach ((Push push, byte[] envelope) in relay.Pushes.Skip(1).Take(2))
        {
            OutboxItem old = sealedOld.Single(item => item.SenderSeq == push.SenderSeq);
            Assert.Equal(old.BlobId, push.BlobId);
            Assert.True(EnvelopeHeader.TryRead(envelope, out EnvelopeHeader header));
            Assert.Equal((new KeyEpoch(1), old.FirstSeq, old.Previous), (header.KeyEpoch, header.FirstSeq, header.Previous));
            Assert.NotEqual(Nonce(old.Envelope.ToArray()), Nonce(envelope));
            Assert.Equal([(byte)push.SenderSeq.Value], _device.Peer.Open(new BlobIds(_device.Context.DeviceId, push.SenderSeq, push.BlobId), envelope));
            Assert.Equal(envelope, after.Single(item => item.SenderSeq == push.SenderSeq).Envelope.ToArray());
        }
    }

    [Fact]
    public async Task RunAsync_SealedBeforeThisDeviceFollowed_IsSealedAgainWithoutAskingTwice()
    {
        ScriptedRelay relay = await StartAsync();
        await new Outbox(_device.Context).AddAsync(new byte[] { 1 }, Bounded.Token());
        Rotate(relay);

        await RunAsync();
        await Bounded.UntilAsync(() => !relay.Pushes.IsEmpty);

        Assert.Equal((1UL, new KeyEpoch(1)), (relay.Pushes.First().Push.SenderSeq.Value, relay.Pushes.First().Push.KeyEpoch));
        Assert.Equal(1, relay.RotationsAsked);
    }

    [Fact]
    public async Task RunAsync_RelayThatRefusesEveryEpoch_EndsTheSessionForAWhile()
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();
        relay.Epoch = new KeyEpoch(9);

        PushReceipt waiting = await PushAsync(1);

        LinkEnd end = await _running!.Within();
        Assert.Equal((SyncErrorKind.OutOfStep, true), (end.Kind, end.IsTransient));
        Assert.False(waiting.Delivered.IsCompleted);
        Assert.Equal(new KeyEpoch(0), (await OutboxAsync()).Single().KeyEpoch);
    }

    [Theory]
    [InlineData(ErrorCode.OutOfSequence)]
    [InlineData(ErrorCode.BlobTooLarge)]
    public async Task RunAsync_RelayThatRefusesWhateverComes_IsSentItOnceASecond(ErrorCode reason)
    {
        ScriptedRelay relay = await StartAsync();
        int refused = 0;
        relay.Refuse = push =>
        {
            Interlocked.Increment(ref refused);
            return new Error(reason, "refused", null, [push.SenderSeq.Value]);
        };
        await RunAsync();
        await PushAsync(1);

        // The first time it can be an accident of what was under way; then it waits, until the clock has moved so far.
        for (int times = 2; times < 5; times++)
        {
            await Bounded.UntilAsync(() => Volatile.Read(ref refused) > times || (Volatile.Read(ref refused) == times && _device.Time.IsArmedFor(PushRules.DefaultPause)));
            Assert.Equal(times, refused);
            _device.Time.Advance(PushRules.DefaultPause - TimeSpan.FromTicks(1));
            Assert.Equal(times, refused);
            _device.Time.Advance(TimeSpan.FromTicks(1));
        }

        relay.Refuse = _ => null;
        await AdvanceUntilAsync(() => !relay.Pushes.IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_StreamThatEndsOrIsResetBeforeByeIsRead_EndsAsByeSays(bool isReset)
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();

        (isReset ? relay.ResetOfSubscriptions : relay.EndOfSubscriptions).SetResult();
        await Bounded.UntilAsync(() => _device.Time.IsArmedFor(EndPatience));
        Assert.False(_running!.IsCompleted);
        await relay.NotifyAsync(new Bye(ByeCode.RelayShuttingDown, null, 1500));

        Assert.Equal(new LinkEnd(SyncErrorKind.RelayBusy, IsTransient: true, TimeSpan.FromMilliseconds(1500)), await _running.Within());
    }

    [Theory]
    [InlineData(true, SyncErrorKind.Unreachable)]
    [InlineData(false, SyncErrorKind.Protocol)]
    public async Task RunAsync_StreamThatEndsOrIsResetAndNothingFollows_EndsASecondLater(bool isReset, SyncErrorKind kind)
    {
        ScriptedRelay relay = await StartAsync();
        await RunAsync();

        (isReset ? relay.ResetOfSubscriptions : relay.EndOfSubscriptions).SetResult();
        await Bounded.UntilAsync(() => _device.Time.IsArmedFor(EndPatience));
        _device.Time.Advance(EndPatience);

        Assert.Equal(new LinkEnd(kind, IsTransient: true), await _running!.Within());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is { } running)
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (_relay is { } relay)
            await relay.DisposeAsync();

        _updates.Dispose();
        _inbox.Dispose();
        await _device.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<ScriptedRelay> StartAsync() => _relay = await ScriptedRelay.StartAsync();

    private Task<GroupSession> OpenAsync() =>
        GroupSession.OpenAsync(_device.Context, _updates, _relay!.Transport, _relay.Address, HelloFlags.None, Bounded.Token());

    private async Task RunAsync()
    {
        GroupSession session = await OpenAsync();
        _outbox = new Outbox(_device.Context);
        await _outbox.LoadAsync(default, Bounded.Token());
        _running = session.RunAsync(_outbox, _inbox, _updates, new AckedSaver(_device.Context.Store), _ => { }, _stop.Token);
    }

    private Task<PushReceipt> PushAsync(byte payload) => _outbox!.AddAsync(new byte[] { payload }, Bounded.Token());

    private async Task<OutboxItem[]> OutboxAsync() => [.. await _device.RunAsync(transaction => transaction.Outbox.ReadAfter(default, 100, long.MaxValue))];

    private static byte[] Nonce(byte[] envelope) => envelope[EnvelopeHeader.NonceOffset..(EnvelopeHeader.NonceOffset + EnvelopeHeader.NonceBytes)];

    // The group's next epoch, at the relay.
    private Rotation Rotate(ScriptedRelay relay)
    {
        Rotation rotation = _device.Peer.Rotate();
        relay.Rotations.Add(rotation);
        (relay.Epoch, relay.LastStatement) = (_device.Peer.Record.Rotations.Epoch, _device.Peer.Record.Rotations.LastStatement);
        return rotation;
    }

    // What waits for the clock is let go, step by step.
    private Task AdvanceUntilAsync(Func<bool> condition) => Bounded.UntilAsync(() =>
    {
        if (condition())
            return true;

        _device.Time.Advance(TimeSpan.FromMilliseconds(10));
        return false;
    });
}
