namespace ZeroKSync.Storage.Sqlite;

/// <summary>Something to do on a database thread, with the task its caller waits on.</summary>
internal abstract class WorkItem
{
    /// <summary>Whether the caller gave up before it began: then it is not run at all.</summary>
    public abstract bool IsCancelled { get; }

    /// <summary>Runs it, and keeps its result for <see cref="Complete"/>.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Whether it is a read that the writing thread runs: in a transaction that is never committed.</summary>
    public virtual bool IsRead => false;

    /// <summary>Runs it alone, if it is one that can be put down apart with one statement, which is its transaction; else nothing was done.</summary>
    public virtual bool TryRunAlone(SqliteSession session) => false;

    /// <summary>The result may be seen now: for a write, it is on disk.</summary>
    public abstract void Complete();

    public abstract void Cancel();

    public abstract void Fail(Exception exception);
}
