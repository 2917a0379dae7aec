using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// The writing thread: takes everything that waits, runs it in one transaction and completes it after the commit, so that many pushes
/// share one sync. What is not urgent runs when nothing waits, or once in a while, in a transaction of its own.
/// </summary>
internal sealed class GroupCommit(SqliteSession writing, SqliteStoreOptions options, Checkpoints checkpoints) : IWorkLoop
{
    // Free pages given back to the file system when nothing waits.
    private const int VacuumPages = 256;

    // Under load a background work has its turn this often: so it ends, and pushes hardly feel it.
    private static readonly TimeSpan BackgroundPause = TimeSpan.FromMilliseconds(25);

    private readonly WriteTransactions _transactions = new(writing, checkpoints);
    private long _backgroundAt = Stopwatch.GetTimestamp();

    public void Run(WorkQueue queue)
    {
        using SqliteSession session = writing;
        using Checkpoints mine = checkpoints;
        // A commit does not copy the log: whoever waits for it would wait for that too.
        session.Execute("PRAGMA wal_autocheckpoint = 0");
        var works = new List<WorkItem>();
        _transactions.Settle();
        while (TryTakeWorks(session, queue, works))
        {
            if (works.Count > 0)
                _transactions.Commit(works);

            if (Stopwatch.GetElapsedTime(_backgroundAt) >= BackgroundPause)
                RunBackground(queue);
        }

        while (queue.TryTakeBackground(out WorkItem left))
            left.Fail(new StorageException(StorageErrorKind.Unavailable, "Storage is closing."));

        _transactions.Settle();
        mine.Finish();
        try
        {
            session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // A full disk, for one. What is in the log is as durable there, and the next start finds it.
        }
    }

    // Background works run here as long as nothing else waits.
    private bool TryTakeWorks(SqliteSession session, WorkQueue queue, List<WorkItem> works)
    {
        works.Clear();
        WorkItem first;
        while (!queue.TryTakeWaiting(out first))
        {
            if (RunBackground(queue))
                continue;

            if (session.HasFreedPages)
            {
                GiveBack(session);
                continue;
            }

            if (session.Unsettled.Count == 0 ? queue.TryTake(out first) : queue.TryTake(options.SettlePause, out first))
                break;

            if (queue.IsClosed)
                return false;

            _transactions.Settle();
        }

        Take(works, first);
        while (works.Count < options.WritesPerCommitMax && queue.TryTakeWaiting(out WorkItem next))
            Take(works, next);

        return true;
    }

    private bool RunBackground(WorkQueue queue)
    {
        if (!queue.TryTakeBackground(out WorkItem work))
            return false;

        var works = new List<WorkItem>(1);
        Take(works, work);
        if (works.Count > 0)
            _transactions.Commit(works);

        _backgroundAt = Stopwatch.GetTimestamp();
        return true;
    }

    private void Take(List<WorkItem> works, WorkItem item)
    {
        if (item.IsCancelled)
            item.Cancel();
        else if (item.IsRead)
            _transactions.Read(item);
        else
            works.Add(item);
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
}
