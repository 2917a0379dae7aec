using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

public sealed class DeliveryRulesTests
{
    private static readonly GroupOptions Options = new();

    [Fact]
    public void Acknowledge_AboveTheHead_IsInvalid() =>
        Assert.Equal(RefusalReason.InvalidMessage, Acknowledge(WithRows(3, Sample.Stored(1), Sample.Stored(2)), 2, 4).Refusal!.Reason);

    [Fact]
    public void Acknowledge_NotForward_ChangesNothing()
    {
        (GroupWrite? write, Refusal? refusal) = Acknowledge(WithRows(3, Sample.Stored(1), Sample.Stored(2, acked: 2)), 2, 2);

        Assert.Null(write);
        Assert.Null(refusal);
    }

    [Fact]
    public void Acknowledge_Forward_MovesTheDeviceAndSaysWhatIsDelivered()
    {
        (GroupWrite? write, _) = Acknowledge(WithRows(3, Sample.Stored(1), Sample.Stored(2)), 2, 3);

        Assert.Equal(3UL, write!.Devices[0].Acked.Value);
        // Device 1 pushed them and has acknowledged nothing: its own rows need device 2's word alone.
        Assert.Equal((0UL, 3UL, Sample.Device(1)), (write.Trim!.AllThrough.Value, write.Trim.OthersThrough.Value, write.Trim.Laggard));
        Assert.Equal(Sample.Now - (24UL * 3600 * 1000), write.Trim.StoredThroughMs);
    }

    [Fact]
    public void Acknowledge_DeviceAlone_DeliversNothing() => Assert.Equal(default, Acknowledge(WithRows(3, Sample.Stored(1)), 1, 3).Write!.Trim!.OthersThrough);

    [Fact]
    public void Acknowledge_RevokedDevices_AreNotWaitedFor()
    {
        (GroupWrite? write, _) = Acknowledge(WithRows(3, Sample.Stored(1, acked: 3), Sample.Stored(2), Sample.Stored(3, revoked: RevocationReason.Lost)), 2, 3);

        Assert.Equal(3UL, write!.Trim!.AllThrough.Value);
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(5, 1, 5, false)]
    [InlineData(6, 1, 5, true)]
    [InlineData(3, 5, 9, true)]
    [InlineData(4, 5, 9, false)]
    [InlineData(0, 5, 9, false)]
    [InlineData(ulong.MaxValue, 1, 5, true)]
    public void Answer_Resync_ExactlyWhenThePositionIsNotThere(ulong after, ulong oldest, ulong head, bool isResync)
    {
        var page = new LogPage { Entries = [], Through = new Cursor(Math.Max(after, head)), Oldest = new Cursor(Math.Max(oldest, 1)), Head = new Cursor(head) };
        var query = new ReadQuery { Reader = Sample.Device(1), After = new Cursor(after), CountMax = 1, BytesMax = 1, Own = false };

        Assert.Equal(isResync, ReadRules.Answer(query, page) is ReadResyncRequired);
    }

    private static (GroupWrite? Write, Refusal? Refusal) Acknowledge(GroupState state, byte device, ulong cursor) =>
        DeliveryRules.Acknowledge(state, new AcknowledgeCommand { Device = Sample.Device(device), Cursor = new Cursor(cursor) }, Options, Sample.Now, mayTrim: true);

    private static GroupState WithRows(int count, params StoredDevice[] devices)
    {
        GroupState state = Sample.State(devices);
        Sample.Store(state, AppendRules.Decide(state, Sample.Batch(1, [.. Enumerable.Range(1, count).Select(seq => Sample.Entry((ulong)seq))]), Options, Sample.Now));
        return state;
    }
}
