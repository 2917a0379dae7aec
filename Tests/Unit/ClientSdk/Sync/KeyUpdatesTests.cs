using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class KeyUpdatesTests : IAsyncDisposable
{
    private readonly DeviceFixture _device = new();
    private readonly Inbox _inbox;
    private readonly KeyUpdates _updates;

    public KeyUpdatesTests()
    {
        _inbox = new Inbox(_device.Context, InboxBounds.Default);
        _updates = new KeyUpdates(_device.Context, _inbox);
    }

    [Fact]
    public async Task TakeAsync_Adopted_SealsWithTheNewKeyAndStillOpensTheOld()
    {
        PullEntry old = _device.Next();
        Assert.Equal(AdoptionOutcome.Adopted, await TakeAsync(_device.Peer.Rotate()));
        Assert.Equal(AdoptionOutcome.Adopted, await TakeAsync(_device.Peer.Rotate()));

        Assert.Equal(2u, _device.Context.Keyring.Current.Epoch.Value);
        Assert.Equal(_device.Peer.Record.Rotations.LastStatement, _device.Context.Record.Rotations.LastStatement);
        Assert.True(Opens(old));
        Assert.True(Opens(_device.Next()));
        Assert.Equal([SyncEventKind.KeyRotated, SyncEventKind.KeyRotated], await _device.RaisedAsync());
    }

    [Fact]
    public async Task TakeAsync_Adopted_IsThereAfterAReopen()
    {
        PullEntry old = _device.Next();
        await TakeAsync(_device.Peer.Rotate());
        PullEntry middle = _device.Next();
        await TakeAsync(_device.Peer.Rotate());

        using GroupRecord? loaded = await _device.Keeper.LoadAsync(Bounded.Token());
        using var keyring = new GroupKeyring(loaded!);
        var sealer = new BlobSealer(keyring);

        Assert.Equal([0u, 1u, 2u], loaded!.Secrets.Select(secret => secret.Epoch.Value));
        Assert.All((PullEntry[])[old, middle, _device.Next()], entry => Assert.True(sealer.TryOpen(Ids(entry), entry.Envelope!.Value.Span, out _)));
    }

    [Fact]
    public async Task TakeAsync_Adopted_LeavesOnlyTheNewestSecretInTheFile()
    {
        await TakeAsync(_device.Peer.Rotate());

        using GroupRecord? file = _device.LoadFile();

        Assert.Equal([1u], file!.Secrets.Select(secret => secret.Epoch.Value));
    }

    [Fact]
    public async Task TakeAsync_Refused_KeepsItsKeyAndReports()
    {
        Rotation rotation = _device.Peer.Rotate();

        Assert.Equal(AdoptionOutcome.NoWrap, await TakeAsync(rotation with { Wrap = null }));

        Assert.Equal(0u, _device.Context.Keyring.Current.Epoch.Value);
        Assert.Equal([SyncEventKind.RotationRefused], await _device.RaisedAsync());
    }

    [Fact]
    public async Task TakeAsync_AfterBlobsOfTheNewEpochCame_DeliversWhatWasQuarantinedInOrderAndCountsIt()
    {
        await _device.MeetRelayAsync();
        PullEntry before = _device.Next();
        Rotation rotation = _device.Peer.Rotate();
        PullEntry[] sealedNewly = [_device.Next(), _device.Next(), _device.NextAltered()];
        await _inbox.TakeAsync(DeviceFixture.Relay, default, DeviceFixture.Page([before, .. sealedNewly]), isSecondReading: false, Bounded.Token());
        Assert.Equal(3, _device.Context.Board.Facts.Troubled);

        await TakeAsync(rotation);

        List<InboxRow> rows = await _device.RunAsync(transaction => transaction.Inbox.ReadDeliverable(0, 10, long.MaxValue));
        Assert.Equal([1, 2, 3], rows.Select(row => row.SenderSeq.Value));
        // What was altered is still kept, and still troubles.
        Assert.Equal(1, _device.Context.Board.Facts.Troubled);
        Assert.Equal(3UL, (await _device.RunAsync(transaction => transaction.Vector.Load()))[DeviceFixture.Sender].Sequence.Value);
    }

    [Fact]
    public async Task TakeAsync_WhatStoodAboveTheHole_JoinsAndTheGapIsOver()
    {
        await _device.MeetRelayAsync();
        Rotation rotation = _device.Peer.Rotate();
        PullEntry unreadable = _device.Next();
        // Sealed under the epoch before, by a member that had not heard of the new one.
        PullEntry readable = _device.Peer.Next(epoch: 0);
        await _inbox.TakeAsync(DeviceFixture.Relay, default, DeviceFixture.Page(unreadable, readable), isSecondReading: true, Bounded.Token());
        Assert.True(_device.Context.Board.Facts.HasGaps);

        await TakeAsync(rotation);

        Assert.False(_device.Context.Board.Facts.HasGaps);
        Assert.Equal(2UL, (await _device.RunAsync(transaction => transaction.Vector.Load()))[DeviceFixture.Sender].Sequence.Value);
    }

    public async ValueTask DisposeAsync()
    {
        _updates.Dispose();
        _inbox.Dispose();
        await _device.DisposeAsync();
    }

    private Task<AdoptionOutcome> TakeAsync(Rotation rotation) => _updates.TakeAsync(rotation, Bounded.Token());

    private bool Opens(PullEntry entry) => _device.Context.Sealer.TryOpen(Ids(entry), entry.Envelope!.Value.Span, out _);

    private static BlobIds Ids(PullEntry entry) => new(entry.SenderId, entry.SenderSeq, entry.BlobId);
}
