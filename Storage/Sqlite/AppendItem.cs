using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>An append as a work item.</summary>
internal sealed class AppendItem(LogAppend append, CancellationToken cancellationToken)
    : WorkItem<LogWriteResult>(session => AppendRows.Append(session, append), cancellationToken)
{
    public override bool TryRunAlone(SqliteSession session)
    {
        Result = LoneAppend.TryWrite(session, append);
        return Result is not null;
    }
}
