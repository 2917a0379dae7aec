using FsCheck;
using FsCheck.Fluent;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class CursorTrackerTests
{
    private static Cursor At(ulong value) => new(value);

    [Fact]
    public void TryCover_InOrder_MovesTheContiguousPart()
    {
        var tracker = new CursorTracker(At(5));
        Assert.True(tracker.TryCover(At(5), At(8)));
        Assert.Equal(At(8), tracker.Contiguous);
        Assert.False(tracker.HasGap);
    }

    [Fact]
    public void TryCover_AboveAHole_KeepsThePositionAndNamesTheHole()
    {
        var tracker = new CursorTracker(At(5));
        tracker.TryCover(At(7), At(9));
        Assert.Equal(At(5), tracker.Contiguous);
        Assert.Equal((At(6), At(7)), tracker.FirstGap());

        tracker.TryCover(At(5), At(7));
        Assert.Equal(At(9), tracker.Contiguous);
        Assert.Null(tracker.FirstGap());
    }

    [Fact]
    public void TryCover_MoreRangesThanItHolds_RefusesAndChangesNothing()
    {
        var tracker = new CursorTracker(At(0));
        for (ulong range = 1; range <= CursorTracker.MaxRanges; range++)
            Assert.True(tracker.TryCover(At(range * 2), At((range * 2) + 1)));

        Assert.False(tracker.TryCover(At(100_000), At(100_001)));
        Assert.NotEqual(At(100_001), tracker.Highest);
    }

    [Fact]
    public void TryCover_AnyOrderOfRanges_AgreesWithASet()
    {
        var ranges = Gen.Choose(0, 40).Two().ListOf(20).ToArbitrary();
        Prop.ForAll(ranges, pieces =>
        {
            var tracker = new CursorTracker(At(0));
            var covered = new HashSet<ulong>();
            foreach (var (after, through) in pieces)
            {
                tracker.TryCover(At((ulong)after), At((ulong)through));
                for (int cursor = after + 1; cursor <= through; cursor++)
                    covered.Add((ulong)cursor);
            }

            ulong contiguous = 0;
            while (covered.Contains(contiguous + 1))
                contiguous++;

            ulong highest = covered.Count == 0 ? 0 : covered.Max();
            return tracker.Contiguous == At(contiguous) && tracker.Highest == At(highest) && tracker.HasGap == highest > contiguous;
        }).QuickCheckThrowOnFailure();
    }
}
