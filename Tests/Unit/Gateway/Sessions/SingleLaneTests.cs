using ZeroKSync.Gateway.Sessions;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class SingleLaneTests
{
    private readonly SingleLane _lane = new();

    [Fact]
    public async Task RunAsync_ANewerOne_StartsWhenTheOlderIsOver()
    {
        var olderMayEnd = new TaskCompletionSource();
        bool isOlderOver = false;
        Task older = _lane.RunAsync(
            async token =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TestClock.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await olderMayEnd.Task;
                isOlderOver = true;
                token.ThrowIfCancellationRequested();
            },
            Bounded.Token());
        bool? sawOlderOver = null;
        Task newer = _lane.RunAsync(
            _ =>
            {
                sawOlderOver = isOlderOver;
                return Task.CompletedTask;
            },
            Bounded.Token());

        Assert.Null(sawOlderOver);
        olderMayEnd.SetResult();
        await newer.Within();

        Assert.True(sawOlderOver);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => older.Within());
    }

    [Fact]
    public async Task RunAsync_OneThatWaitsIsReplacedToo_OnlyTheNewestRuns()
    {
        int atOnce = 0;
        var mayEnd = new TaskCompletionSource();
        Task[] lanes = [.. Enumerable.Range(0, 50).Select(_ => _lane.RunAsync(
            async token =>
            {
                Assert.Equal(1, Interlocked.Increment(ref atOnce));
                await mayEnd.Task.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Interlocked.Decrement(ref atOnce);
                token.ThrowIfCancellationRequested();
            },
            Bounded.Token()))];

        foreach (Task replaced in lanes[..^1])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replaced.Within());

        mayEnd.SetResult();
        await lanes[^1].Within();
    }

    [Fact]
    public async Task RunAsync_AFailedOneBefore_DoesNotConcernTheNext()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _lane.RunAsync(_ => throw new InvalidOperationException("fails"), Bounded.Token()));
        bool hasRun = false;

        await _lane.RunAsync(
            _ =>
            {
                hasRun = true;
                return Task.CompletedTask;
            },
            Bounded.Token()).Within();

        Assert.True(hasRun);
    }
}
