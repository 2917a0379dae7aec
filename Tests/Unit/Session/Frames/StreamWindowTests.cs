using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Frames;

public sealed class StreamWindowTests
{
    [Fact]
    public void TryTake_EachOfFourKinds_OnceEach()
    {
        var window = new StreamWindow();
        for (long id = 0; id < 4000; id++)
            Assert.True(window.TryTake(id), $"stream {id}");

        for (long id = 0; id < 4000; id++)
            Assert.False(window.TryTake(id), $"stream {id}");
    }

    [Fact]
    public void TryTake_OutOfOrderWithinTheWidth_IsTakenAndBeyondItRefused()
    {
        var window = new StreamWindow();
        const long Newest = 4L * 5000;
        Assert.True(window.TryTake(Newest));

        Assert.True(window.TryTake(Newest - (4 * (StreamWindow.Width - 1))));
        Assert.False(window.TryTake(Newest - (4 * (StreamWindow.Width - 1))));
        Assert.False(window.TryTake(Newest - (4 * StreamWindow.Width)));
        Assert.False(window.TryTake(0));
    }

    [Fact]
    public void TryTake_FarAhead_ForgetsWhatIsTooOldAndNothingElse()
    {
        var window = new StreamWindow();
        Assert.True(window.TryTake(4));
        Assert.True(window.TryTake(long.MaxValue & ~3L));

        Assert.False(window.TryTake(4));
        Assert.False(window.TryTake(long.MaxValue & ~3L));
        Assert.True(window.TryTake((long.MaxValue & ~3L) - 4));
    }

    /// <summary>Against a set that forgets nothing.</summary>
    [Fact]
    public void TryTake_RandomOrders_NeverTakesAStreamTwice()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var window = new StreamWindow();
            var taken = new HashSet<long>();
            long newest = 0;
            for (int i = 0; i < 3000; i++)
            {
                newest += random.Next(3);
                long number = Math.Max(0, newest - random.Next(1500));
                bool isTaken = window.TryTake(number << 2);
                Assert.False(isTaken && !taken.Add(number), $"seed {seed}: stream number {number} twice");
            }
        }
    }
}
