using ZeroKSync.Gateway.Sessions;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class RefusalClockTests
{
    private readonly FakeTimeProvider _time = new();

    // Whatever the work took, a nanosecond or nearly all of the step: one instant for all.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(49)]
    public async Task WaitAsync_WorkWithinTheStep_EndsAtTheStep(int workMs)
    {
        using var clock = new RefusalClock(_time);
        _time.Advance(TimeSpan.FromMilliseconds(workMs));
        Task wait = clock.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(50 - workMs) - TimeSpan.FromTicks(1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await wait.Within();
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(51, 49)]
    [InlineData(99, 1)]
    [InlineData(130, 20)]
    public async Task WaitAsync_WorkBeyondTheStep_EndsAtTheNext(int workMs, int restMs)
    {
        using var clock = new RefusalClock(_time);
        _time.Advance(TimeSpan.FromMilliseconds(workMs));
        Task wait = clock.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(restMs - 1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await wait.Within();
    }

    [Fact]
    public async Task WaitAsync_SessionOver_EndsAtOnce()
    {
        using var clock = new RefusalClock(_time);
        using var over = new CancellationTokenSource();
        Task wait = clock.WaitAsync(over.Token);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
    }
}
