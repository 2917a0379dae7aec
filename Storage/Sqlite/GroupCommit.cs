using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// The writing thread: takes everything that waits, runs it in one transaction and completes it after the commit, so that many pushes
/// share one sync. Each work is all or nothing by itself, because it decides before it writes. What is not urgent runs when nothing
/// waits, or once in a while, in a transaction of its own.
/// </summary>
internal sealed class GroupCommit(SqliteConnection connection, int worksPerCommitMax, Checkpoints checkpoints) : IWorkLoop
{
    // Free pages given back to the file system when nothing waits.
    private const int VacuumPages = 256;

    // Under load a background work has its turn this often: so it ends, and pushes hardly feel it.
    private static readonly TimeSpan BackgroundPause = TimeSpan.FromMilliseconds(25);

    // Times that one work is run again, around one thing more that is damaged.
    private const int DamageMax = 1024;

    private long _backgroundAt = Stopwatch.GetTimestamp();

    public void Run(WorkQueue queue)
    {
        using var session = new SqliteSession(connection);
        using Checkpoints mine = checkpoints;
        // A commit does not copy the log: whoever waits for it would wait for that too.
        session.Execute("PRAGMA wal_autocheckpoint = 0");
        var works = new List<WorkItem>();
        while (TryTakeWorks(session, queue, works))
        {
            if (works.Count > 0)
                Commit(session, works);

            if (Stopwatch.GetElapsedTime(_backgroundAt) >= BackgroundPause)
                RunBackground(session, queue);
        }

        while (queue.TryTakeBackground(out WorkItem left))
            left.Fail(new StorageException(StorageErrorKind.Unavailable, "Storage is closing."));

        mine.Settle();
        session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    // Background works run here as long as nothing else waits.
    private bool TryTakeWorks(SqliteSession session, WorkQueue queue, List<WorkItem> works)
    {
        works.Clear();
        WorkItem first;
        while (!queue.TryTakeWaiting(out first))
        {
            if (RunBackground(session, queue))
                continue;

            if (session.HasFreedPages)
            {
                GiveBack(session);
                continue;
            }

            if (!queue.TryTake(out first))
                return false;

            break;
        }

        Take(works, first);
        while (works.Count < worksPerCommitMax && queue.TryTakeWaiting(out WorkItem next))
            Take(works, next);

        return true;
    }

    private bool RunBackground(SqliteSession session, WorkQueue queue)
    {
        if (!queue.TryTakeBackground(out WorkItem work))
            return false;

        var works = new List<WorkItem>(1);
        Take(works, work);
        if (works.Count > 0)
            Commit(session, works);

        _backgroundAt = Stopwatch.GetTimestamp();
        return true;
    }

    private static void Take(List<WorkItem> works, WorkItem item)
    {
        if (item.IsCancelled)
            item.Cancel();
        else
            works.Add(item);
    }

    private void Commit(SqliteSession session, List<WorkItem> works)
    {
        for (int attempt = 1; !TryCommit(session, works, isLast: attempt == DamageMax); attempt++)
        {
        }
    }

    // False where it has to be run again, around a damaged page that was met: something new is known of it.
    private bool TryCommit(SqliteSession session, List<WorkItem> works, bool isLast)
    {
        bool isCommitting = false;
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (WorkItem work in works)
                work.Run(session);

            session.Totals.Write(session);
            isCommitting = true;
            session.Execute("COMMIT");
        }
        catch (Exception exception) when (exception is SqliteException or StorageException or DamagedRowException or InvalidOperationException or InvalidCastException or FormatException or ArgumentException or OverflowException)
        {
            // Whatever failed, nothing of this transaction may be believed, and the thread must live on for the next.
            StorageMetrics.Failures.Add(1);
            Rollback(session);
            if (works.Count > 1 && !isCommitting && exception is not SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL })
            {
                CommitOneByOne(session, works);
            }
            else if (exception is DamagedRowException damaged && !isLast)
            {
                damaged.Learn(session);
                return false;
            }
            else
            {
                Fail(works, Translate(exception));
            }

            return true;
        }

        session.Totals.Committed();
        StorageMetrics.Commits.Add(1);
        StorageMetrics.Writes.Add(works.Count);
        foreach (WorkItem work in works)
            work.Complete();

        checkpoints.Committed(session);
        return true;
    }

    // One of them met a damaged page, or broke a rule: the others must not pay for it.
    private void CommitOneByOne(SqliteSession session, List<WorkItem> works)
    {
        foreach (WorkItem work in works)
            Commit(session, [work]);
    }

    private static void Fail(List<WorkItem> works, StorageException failure)
    {
        foreach (WorkItem work in works)
            work.Fail(failure);
    }

    // Only when nothing waits, and a few at a time: a push must not pay for the room that a trim left.
    private static void GiveBack(SqliteSession session)
    {
        try
        {
            long before = session.Scalar("PRAGMA freelist_count") ?? 0;
            session.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
            long after = session.Scalar("PRAGMA freelist_count") ?? 0;
            session.HasFreedPages = after > 0 && after < before;
        }
        catch (SqliteException)
        {
            // Room that is not given back is used again; the next trim tries once more.
            session.HasFreedPages = false;
        }
    }

    private static void Rollback(SqliteSession session)
    {
        session.RowIds.Clear();
        session.Totals.Clear();
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
