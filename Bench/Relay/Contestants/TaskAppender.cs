namespace ZeroKSync.Bench.Relay;

/// <summary>Appends through a client whose requests are tasks.</summary>
internal sealed class TaskAppender(Func<Task> append) : IAppender
{
    public Task RunAsync(AppendRun run, CancellationToken cancellationToken) => AppendWindow.RunAsync(run, append);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
