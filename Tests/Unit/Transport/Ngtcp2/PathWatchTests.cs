using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

public sealed class PathWatchTests
{
    private const ulong Second = 1_000_000_000;
    private readonly PathWatch _watch = new();

    [Fact]
    public void IsHole_NothingAcknowledgedForTenSecondsThoughThePeerIsHeard_IsOne()
    {
        for (ulong second = 0; second < 10; second++)
            Assert.False(_watch.IsHole(second * Second, acknowledged: 500, heard: (long)second, isWaiting: true));

        // The first look cannot know how long it has been so.
        Assert.True(_watch.IsHole(10 * Second, acknowledged: 500, heard: 10, isWaiting: true));
    }

    [Fact]
    public void IsHole_SilentPeer_IsLeftToTheIdleTimeout()
    {
        for (ulong second = 0; second < 60; second++)
            Assert.False(_watch.IsHole(second * Second, acknowledged: 500, heard: 7, isWaiting: true));
    }

    [Fact]
    public void IsHole_AByteAcknowledgedNowAndThen_IsNone()
    {
        for (ulong second = 0; second < 60; second++)
            Assert.False(_watch.IsHole(second * Second, acknowledged: (long)(second / 9), heard: (long)second, isWaiting: true));
    }

    [Fact]
    public void IsHole_NothingSentForLong_CountsFromWhatIsSentThen()
    {
        Assert.False(_watch.IsHole(0, acknowledged: 500, heard: 1, isWaiting: true));
        Assert.False(_watch.IsHole(Second, acknowledged: 900, heard: 2, isWaiting: false));
        Assert.False(_watch.IsHole(100 * Second, acknowledged: 900, heard: 50, isWaiting: true));
        Assert.False(_watch.IsHole(109 * Second, acknowledged: 900, heard: 60, isWaiting: true));
        Assert.True(_watch.IsHole(110 * Second, acknowledged: 900, heard: 61, isWaiting: true));
    }

    [Fact]
    public void DueAt_AfterALook_IsTheNext()
    {
        _watch.IsHole(5 * Second, acknowledged: 0, heard: 0, isWaiting: false);

        Assert.Equal(5 * Second + PathWatch.LookNanoseconds, _watch.DueAt);
    }
}
