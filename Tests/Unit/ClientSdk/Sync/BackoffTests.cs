using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 16)]
    [InlineData(5, 30)]
    [InlineData(6, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Delay_WithoutJitter_DoublesUpToThirtySeconds(int failures, int expectedSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), Backoff.Delay(failures, jitter: 0));

    [Theory]
    [InlineData(0.5, 3.5)]
    [InlineData(0.999, 5.995)]
    public void Delay_WithJitter_AddsItsShareOfFiveSeconds(double jitter, double expectedSeconds) =>
        Assert.Equal(expectedSeconds, Backoff.Delay(0, jitter).TotalSeconds, precision: 6);

    [Fact]
    public void Delay_RelayAsksForLonger_WaitsAtLeastThat() =>
        Assert.Equal(TimeSpan.FromSeconds(60), Backoff.Delay(0, 0, TimeSpan.FromSeconds(60)));

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(3_599_999u, 3_599_999)]
    [InlineData(3_600_001u, 3_600_000)]
    [InlineData(uint.MaxValue, 3_600_000)]
    public void RetryAfter_AnyWishOfARelay_IsAtMostAnHour(uint wish, double expected) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expected), RelayErrors.RetryAfter(wish));

    [Fact]
    public void Delay_RelayAsksForShorter_KeepsTheStep() =>
        Assert.Equal(TimeSpan.FromSeconds(8), Backoff.Delay(3, 0, TimeSpan.FromMilliseconds(10)));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    public void Delay_JitterOutsideItsRange_Throws(double jitter) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Delay(0, jitter));
}
