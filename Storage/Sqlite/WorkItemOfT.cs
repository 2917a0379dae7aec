namespace ZeroKSync.Storage.Sqlite;

/// <summary>A work item with a result.</summary>
internal class WorkItem<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) : WorkItem
{
    // The database threads must not run what waits for them.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public Task<T> Task => _completion.Task;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested;

    protected T? Result { get; set; }

    public override void Run(SqliteSession session) => Result = work(session);

    public override void Complete() => _completion.SetResult(Result!);

    public override void Cancel() => _completion.SetCanceled(cancellationToken);

    public override void Fail(Exception exception) => _completion.SetException(exception);
}
