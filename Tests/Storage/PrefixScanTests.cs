using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

/// <summary>How far a trim reaches where rows are lost.</summary>
public sealed class PrefixScanTests
{
    // Nothing is empty.
    private const ulong Never = ulong.MaxValue;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    public void Take_LostRowsBetween_GoOnceAllHaveThem(ulong acknowledged, long through)
    {
        // 1, 2, 5 and 6 are there, 3 and 4 are lost.
        PrefixScan scan = Scan(All(acknowledged), rowsMax: 100);
        foreach (long cursor in (long[])[1, 2, 5, 6])
            scan.Take(cursor, Device(1), Now, Never, 10);

        Assert.Equal(through, scan.Through);
    }

    [Fact]
    public void Take_RowBehindLostOnesThatMayNotGo_LeavesThemToo()
    {
        PrefixScan scan = Scan(All(1), rowsMax: 100);
        scan.Take(1, Device(1), Now, Never, 10);
        scan.Take(4, Device(1), Now, Never, 10);

        Assert.True(scan.IsDone);
        Assert.Equal((1L, 10L), (scan.Through, scan.Freed));
    }

    [Fact]
    public void Take_EmptyRowBehindLostOnes_TakesThemAlong()
    {
        PrefixScan scan = Scan(All(0) with { HolesThroughMs = 100 }, rowsMax: 100);
        scan.Take(4, Device(1), Now, emptyMs: 100, 0);
        scan.Take(5, Device(1), Now, emptyMs: 101, 0);

        Assert.Equal(4, scan.Through);
    }

    [Fact]
    public void End_OnlyLostRows_GoAsFarAsAllHaveAcknowledged()
    {
        PrefixScan scan = Scan(All(6), rowsMax: 100);
        scan.End();

        Assert.Equal((6L, 10L, true), (scan.Through, scan.Passed, scan.IsDone));
    }

    [Fact]
    public void Take_LongRunOfLostRows_DoesNotUseUpTheRows()
    {
        PrefixScan scan = Scan(All(10), rowsMax: 1);
        scan.Take(9, Device(1), Now, Never, 10);

        Assert.Equal((9L, true), (scan.Through, scan.IsDone));
    }

    private static PrefixScan Scan(TrimRequest trim, long rowsMax) => new(trim, oldest: 1, head: 10, rowsMax, needed: long.MaxValue);

    private static TrimRequest All(ulong acknowledged) =>
        new() { AllThrough = new Cursor(acknowledged), OthersThrough = new Cursor(acknowledged), Laggard = Device(2), StoredThroughMs = Now, HolesThroughMs = 0 };
}
