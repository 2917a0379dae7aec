using ZeroKSync.Gateway.Admission;

namespace ZeroKSync.Tests.Unit.Gateway.Admission;

public sealed class TokenBucketTests
{
    [Fact]
    public void TryTake_Burst_ThenAtItsRate()
    {
        var bucket = new TokenBucket(perSecond: 2, burst: 3, nowTicks: 0);

        for (int i = 0; i < 3; i++)
            Assert.True(bucket.TryTake(0, out _));

        Assert.False(bucket.TryTake(0, out TimeSpan wait));
        Assert.Equal(TimeSpan.FromMilliseconds(500), wait);
        Assert.False(bucket.TryTake(TimeSpan.FromMilliseconds(499).Ticks, out _));
        Assert.True(bucket.TryTake(TimeSpan.FromMilliseconds(500).Ticks, out _));
    }

    [Fact]
    public void TryTake_LongRest_HoldsNoMoreThanTheBurst()
    {
        var bucket = new TokenBucket(perSecond: 100, burst: 2, nowTicks: 0);
        long later = TimeSpan.FromDays(1).Ticks;

        Assert.True(bucket.IsFull(later));
        Assert.True(bucket.TryTake(later, out _));
        Assert.True(bucket.TryTake(later, out _));
        Assert.False(bucket.TryTake(later, out _));
    }

    [Fact]
    public void TryTake_ClockThatGoesBack_GivesNothing()
    {
        var bucket = new TokenBucket(perSecond: 1, burst: 1, nowTicks: TimeSpan.FromSeconds(10).Ticks);
        Assert.True(bucket.TryTake(TimeSpan.FromSeconds(10).Ticks, out _));

        Assert.False(bucket.TryTake(0, out _));
    }
}
