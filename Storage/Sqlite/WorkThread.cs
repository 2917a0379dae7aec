namespace ZeroKSync.Storage.Sqlite;

/// <summary>A thread of its own for calls that block: never one of the pool.</summary>
internal sealed class WorkThread : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkThread(string name, IWorkLoop loop, int capacity)
        : this(name, loop, new WorkQueue(capacity))
    {
    }

    public WorkThread(string name, IWorkLoop loop, WorkQueue queue)
    {
        Queue = queue;
        var thread = new Thread(() =>
        {
            loop.Run(queue);
            _ended.SetResult();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
    }

    public WorkQueue Queue { get; }

    /// <summary>Takes no more work, does what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        Queue.Close();
        await _ended.Task;
    }
}
