namespace ZeroKSync.TestKit;

/// <summary>Waits with an end. Arm the wait before what triggers it.</summary>
public static class Bounded
{
    /// <summary>Long enough for a loaded machine, short enough to fail by itself.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default, TestClock.System);

    public static Task<T> Within<T>(this Task<T> task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default, TestClock.System);

    public static Task Within(this ValueTask task, TimeSpan? limit = null) => task.AsTask().Within(limit);

    public static Task<T> Within<T>(this ValueTask<T> task, TimeSpan? limit = null) => task.AsTask().Within(limit);

    /// <summary>A token that ends a hanging call.</summary>
    public static CancellationToken Token(TimeSpan? limit = null) => new CancellationTokenSource(limit ?? Default, TestClock.System).Token;

    /// <summary>Until something is so that nobody announces: a figure that follows on the pool. Prefer a task where there is one.</summary>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        CancellationToken token = Token(limit);
        while (!condition())
        {
            token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
