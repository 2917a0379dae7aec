namespace ZeroKSync.Storage.Sqlite;

/// <summary>A read of what is not settled and cannot be now, because the disk is full for one.</summary>
internal sealed class ReadItem<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) : WorkItem<T>(work, cancellationToken)
{
    public override bool IsRead => true;
}
