using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>What blobs of an older epoch are worth after a rotation (R-ROT, R-REVOKE): the peer rotates, a third device is revoked or stays.</summary>
public sealed class ConfirmationTests : IAsyncDisposable
{
    private static readonly DeviceId Third = DeviceId.Read([.. Enumerable.Repeat((byte)0x33, 32)]);

    private readonly DeviceFixture _device = new();
    private readonly Inbox _inbox;
    private readonly KeyUpdates _updates;
    private readonly Member _third;

    public ConfirmationTests()
    {
        _inbox = new Inbox(_device.Context, InboxBounds.Default);
        _updates = new KeyUpdates(_device.Context, _inbox);
        _third = new Member(_device, Third);
    }

    [Theory]
    [InlineData(1, 1, 9, 0, true, Confirmation.Confirmed)]
    [InlineData(0, 1, 5, 5, true, Confirmation.Confirmed)]
    [InlineData(0, 1, 6, 5, false, Confirmation.Unconfirmed)]
    [InlineData(0, 1, 6, 5, true, Confirmation.Refused)]
    [InlineData(2, 1, 6, 0, true, Confirmation.Confirmed)]
    internal void Judge_EveryCase_IsWhatThePageSays(uint blob, uint current, ulong seq, ulong confirmed, bool isRevoked, Confirmation expected) =>
        Assert.Equal(expected, ConfirmationRules.Judge(new KeyEpoch(blob), new KeyEpoch(current), new Sequence(seq), new Sequence(confirmed), isRevoked));

    [Fact]
    public async Task TakeAsync_BeforeTheRotation_NothingIsMarked()
    {
        await TakeAsync(_third.Next());
        await RotateAsync();

        Assert.Equal("0", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_OlderEpochAfterTheRotation_IsDeliveredAndMarkedUntilTheRotatorVouches()
    {
        PullEntry[] old = [_third.Next(), _third.Next()];
        await RotateAsync();
        await TakeAsync(old);
        Assert.Equal("1 1", await MarksAsync());

        await TakeAsync(Vouch(_third.LastSeq.Value - 1));

        Assert.Equal("0 1", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_AfterTheRotatorVouched_IsConfirmedAtOnce()
    {
        PullEntry[] old = [_third.Next(), _third.Next()];
        await RotateAsync();
        await TakeAsync(Vouch(1));
        await TakeAsync(old);

        Assert.Equal("0 1", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_SenderThatGoesOnUnderTheNewKey_ConfirmsWhatItLinksPast()
    {
        PullEntry[] old = [_third.Next(), _third.Next()];
        Rotation rotation = await RotateAsync();
        await TakeAsync(old);
        _third.Follow(rotation, _device.Peer.Record.Secrets[^1].Secret.Copy());

        await TakeAsync(_third.Next());

        Assert.Equal("0 0 0", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_OneOfTwoOnOneNumber_StaysMarked()
    {
        using var twin = new Member(_device, Third);
        PullEntry[] old = [_third.Next(), twin.Next()];
        Rotation rotation = await RotateAsync();
        await TakeAsync(old);
        _third.Follow(rotation, _device.Peer.Record.Secrets[^1].Secret.Copy());

        await TakeAsync(_third.Next());

        Assert.Equal("1 1 0", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_RevokedSender_IsQuarantinedUntilTheRotatorVouchesAndDeliveredUpToThere()
    {
        PullEntry[] old = [_third.Next(), _third.Next(), _third.Next()];
        await RotateAsync(new RevokedDevice(Third, RevokeReason.Lost));
        await TakeAsync(old);
        Assert.Empty(await MarksAsync());
        Assert.Equal(3, _device.Context.Board.Facts.Troubled);

        await TakeAsync(Vouch(2));

        Assert.Equal("0 0", await MarksAsync());
        Assert.Equal(1, _device.Context.Board.Facts.Troubled);
        Assert.Equal(2UL, (await _device.RunAsync(transaction => transaction.Vector.Load()))[Third].Sequence.Value);
        Assert.Equal([SyncEventKind.KeyRotated, SyncEventKind.Quarantined, SyncEventKind.Quarantined, SyncEventKind.Quarantined], await _device.RaisedAsync());
    }

    [Fact]
    public async Task TakeAsync_RevokedSenderMetAgain_IsNotReportedTwice()
    {
        PullEntry old = _third.Next();
        await RotateAsync(new RevokedDevice(Third, RevokeReason.Lost));
        await TakeAsync(old);
        await TakeAsync(old with { Cursor = _device.NextCursor() });

        Assert.Equal(1, _device.Context.Board.Facts.Troubled);
        Assert.Equal([SyncEventKind.KeyRotated, SyncEventKind.Quarantined], await _device.RaisedAsync());
    }

    [Fact]
    public async Task TakeAsync_LaterVectorOfTheRotator_VouchesForNothing()
    {
        PullEntry[] old = [_third.Next(), _third.Next()];
        await RotateAsync();
        await TakeAsync(old);
        await TakeAsync(Vouch(1), Vouch(2));

        Assert.Equal("0 1", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_RotatorThatBeginsWithSomethingElse_VouchesForNothing()
    {
        PullEntry old = _third.Next();
        await RotateAsync();
        await TakeAsync(old);
        await TakeAsync(_device.Next(), Vouch(1));

        Assert.Equal("1 0", await MarksAsync());
    }

    [Fact]
    public async Task TakeAsync_VectorOfAnotherThanTheRotator_VouchesForNothing()
    {
        PullEntry old = _third.Next();
        using var fourth = new Member(_device, DeviceId.Read([.. Enumerable.Repeat((byte)0x44, 32)]));
        Rotation rotation = await RotateAsync();
        fourth.Follow(rotation, _device.Peer.Record.Secrets[^1].Secret.Copy());
        await TakeAsync(old);

        await TakeAsync(fourth.Next(BlobType.Vector, VectorBlob.Encode([new(Third, new VectorEntry(new Sequence(1), _third.LastLink))])));

        Assert.Equal("1", await MarksAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _third.Dispose();
        _updates.Dispose();
        _inbox.Dispose();
        await _device.DisposeAsync();
    }

    private async Task<Rotation> RotateAsync(params RevokedDevice[] revoked)
    {
        await _device.MeetRelayAsync();
        Rotation rotation = _device.Peer.Rotate(revoked);
        Assert.Equal(AdoptionOutcome.Adopted, await _updates.TakeAsync(rotation, Bounded.Token()));
        return rotation;
    }

    // The rotator's vector: it had the third device up to a sequence.
    private PullEntry Vouch(ulong seq) => _device.Peer.Next(BlobType.Vector, VectorBlob.Encode([new(Third, new VectorEntry(new Sequence(seq), default))]));

    private async Task TakeAsync(params PullEntry[] rows)
    {
        Cursor after = new(rows[0].Cursor.Value - 1);
        await _inbox.TakeAsync(DeviceFixture.Relay, after, DeviceFixture.Page(rows), isSecondReading: false, Bounded.Token());
    }

    // Of what is for the app, in its order.
    private async Task<string> MarksAsync() =>
        string.Join(' ', (await _device.RunAsync(transaction => transaction.Inbox.ReadDeliverable(0, 100, long.MaxValue))).Select(row => row.Unconfirmed));
}
