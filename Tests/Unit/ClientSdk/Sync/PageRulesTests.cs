using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class PageRulesTests
{
    private const ulong After = 10;
    private static readonly DeviceId Reader = DeviceId.Read([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly DeviceId Sender = DeviceId.Read([.. Enumerable.Repeat((byte)2, 32)]);

    [Fact]
    public void Violation_HonestPages_IsNone()
    {
        Assert.Null(Violation(through: 10));
        Assert.Null(Violation(through: 15));
        Assert.Null(Violation(15, Row(11, 1), Row(12, 2), Row(15, 9, first: 3)));
        Assert.Null(Violation(long.MaxValue, Row(long.MaxValue, long.MaxValue)));
    }

    [Fact]
    public void Violation_PageThatGoesBackOrTooFar_IsNamed()
    {
        Assert.NotNull(Violation(through: 9));
        Assert.NotNull(Violation(through: 1UL << 63));
        Assert.NotNull(Violation(through: ulong.MaxValue));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16)]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void Violation_RowOutsideItsPage_IsNamed(ulong cursor) => Assert.NotNull(Violation(15, Row(cursor, 1)));

    [Fact]
    public void Violation_RowsOutOfOrder_AreNamed()
    {
        Assert.NotNull(Violation(15, Row(12, 1), Row(11, 2)));
        Assert.NotNull(Violation(15, Row(12, 1), Row(12, 2)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 6)]
    [InlineData(1UL << 63, 1UL << 63)]
    public void Violation_SequenceThatNoDeviceGives_IsNamed(ulong seq, ulong first) => Assert.NotNull(Violation(15, Row(11, seq, first)));

    [Fact]
    public void Violation_OwnRow_IsNamed() => Assert.NotNull(Violation(15, Row(11, 1) with { SenderId = Reader }));

    private static string? Violation(ulong through, params PullEntry[] entries) =>
        PageRules.Violation(new PullResponse(entries, new Cursor(through), HasMore: false, new Cursor(1), new Cursor(through)), new Cursor(After), Reader);

    private static PullEntry Row(ulong cursor, ulong seq, ulong? first = null) =>
        new(new Cursor(cursor), PullEntryState.Blob, Sender, default, default, new Sequence(first ?? seq), new Sequence(seq), 0, new byte[1], default(ReadOnlyMemory<byte>?));
}
