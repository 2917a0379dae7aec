using ZeroKSync.Client;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class InboxBoundsTests : IAsyncDisposable
{
    private readonly DeviceFixture _device = new();

    [Theory]
    [InlineData(3, 0, 1, true)]
    [InlineData(4, 0, 1, false)]
    [InlineData(0, 99, 1, true)]
    [InlineData(0, 99, 2, false)]
    [InlineData(0, 100, 0, true)]
    public void HasRoom_AtTheBound_IsExact(int rows, long bytes, int envelope, bool hasRoom) =>
        Assert.Equal(hasRoom, new InboxBounds(4, 100).HasRoom(new InboxRoom(rows, bytes), envelope));

    [Fact]
    public async Task TakeAsync_MoreThanFits_HoldsThePositionBeforeTheFirstThatIsNotKept()
    {
        await _device.MeetRelayAsync();
        var inbox = new Inbox(_device.Context, new InboxBounds(Rows: 2, Bytes: 1 << 20));
        PullEntry[] rows = [_device.Next(), _device.NextAltered(), _device.Next(), _device.NextAltered(), _device.Next(), _device.NextAltered(), _device.Next()];

        InboxTaken taken = await TakeAsync(inbox, default, rows);

        Assert.Equal((new Cursor(5), true), (taken.Through, taken.IsFull));
        Assert.Equal(new Cursor(5), await _device.PositionAsync());
        Assert.Equal(3, (await _device.RunAsync(transaction => transaction.Inbox.ReadDeliverable(0, 100, long.MaxValue))).Count);
        Assert.Equal(2, _device.Context.Board.Facts.Troubled);
    }

    [Fact]
    public async Task TakeAsync_FullRoomAndWhatIsKnownOrOpens_GoesOn()
    {
        await _device.MeetRelayAsync();
        var inbox = new Inbox(_device.Context, new InboxBounds(Rows: 1, Bytes: 1 << 20));
        PullEntry altered = _device.NextAltered();
        PullEntry opens = _device.Next();
        Assert.False((await TakeAsync(inbox, default, altered)).IsFull);

        // The same row once more, at another place: it is kept already.
        InboxTaken taken = await TakeAsync(inbox, altered.Cursor, altered with { Cursor = new Cursor(2) }, opens with { Cursor = new Cursor(3) });

        Assert.Equal((new Cursor(3), false), (taken.Through, taken.IsFull));
    }

    [Fact]
    public async Task TakeAsync_RowsOfAnotherRelay_DoNotFillThisOnes()
    {
        await _device.MeetRelayAsync();
        var inbox = new Inbox(_device.Context, new InboxBounds(Rows: 1, Bytes: 1 << 20));
        await inbox.TakeAsync(default, default, DeviceFixture.Page(_device.NextAltered()), isSecondReading: false, Bounded.Token());

        Assert.False((await TakeAsync(inbox, new Cursor(1), _device.NextAltered())).IsFull);
    }

    [Fact]
    public void StatusOf_FullRoom_SaysSo()
    {
        var facts = new StatusFacts(ConnectionPhase.Active, 0, IsCaughtUp: false, default, 2, HasGaps: false, null, SyncErrorKind.QuarantineFull);

        Assert.Equal((SyncState.SyncFailed, SyncErrorKind.QuarantineFull), (StatusRule.Of(facts).State, StatusRule.Of(facts).Failure!.Value));
    }

    public ValueTask DisposeAsync() => _device.DisposeAsync();

    private static Task<InboxTaken> TakeAsync(Inbox inbox, Cursor after, params PullEntry[] rows) =>
        inbox.TakeAsync(DeviceFixture.Relay, after, DeviceFixture.Page(rows), isSecondReading: false, Bounded.Token());
}
