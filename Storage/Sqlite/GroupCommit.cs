using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// The writing thread: takes everything that waits, runs it in one transaction and completes it after the commit, so that many pushes
/// share one sync. Each work is all or nothing by itself, because it decides before it writes.
/// </summary>
internal sealed class GroupCommit(SqliteConnection connection, int worksPerCommitMax) : IWorkLoop
{
    // Free pages given back to the file system when nothing waits.
    private const int VacuumPages = 256;

    public void Run(WorkQueue queue)
    {
        using var session = new SqliteSession(connection);
        var works = new List<WorkItem>();
        while (queue.TryTake(out WorkItem first))
        {
            works.Clear();
            Take(works, first);
            while (works.Count < worksPerCommitMax && queue.TryTakeWaiting(out WorkItem next))
                Take(works, next);

            if (works.Count > 0)
                Commit(session, works);

            if (session.HasFreedPages && queue.IsEmpty)
                GiveBack(session);
        }

        session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void Take(List<WorkItem> works, WorkItem item)
    {
        if (item.IsCancelled)
            item.Cancel();
        else
            works.Add(item);
    }

    private static void Commit(SqliteSession session, List<WorkItem> works)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (WorkItem work in works)
                work.Run(session);

            session.Execute("COMMIT");
        }
        catch (Exception exception) when (exception is SqliteException or StorageException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // Whatever failed, nothing of this transaction may be believed, and the thread must live on for the next.
            Rollback(session);
            StorageException failure = Translate(exception);
            foreach (WorkItem work in works)
                work.Fail(failure);

            return;
        }

        foreach (WorkItem work in works)
            work.Complete();
    }

    // Only when nothing waits: a push must not pay for the room that a trim left.
    private static void GiveBack(SqliteSession session)
    {
        session.HasFreedPages = false;
        session.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
    }

    private static void Rollback(SqliteSession session)
    {
        session.RowIds.Clear();
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already, as it does when the disk is full.
        }
    }

    private static StorageException Translate(Exception exception) => exception switch
    {
        StorageException known => known,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } full => new StorageException(StorageErrorKind.Full, "The disk is full.", full),
        _ => new StorageException(StorageErrorKind.Unavailable, "The database failed; nothing of this transaction was kept.", exception),
    };
}
