using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// The writing thread's transactions. Each work is all or nothing by itself, because it decides before it writes: one that fails does not take the others with it.
/// An append that has a commit for itself is put down apart; any other commit settles first what was put down so.
/// </summary>
internal sealed class WriteTransactions(SqliteSession session, Checkpoints checkpoints)
{
    // Times that one work is run again, around one thing more that is damaged.
    private const int DamageMax = 1024;

    /// <summary>Puts appends where they belong, if there are any.</summary>
    public void Settle()
    {
        if (session.Unsettled.Count > 0)
            Commit([]);
    }

    /// <summary>Runs a read as if all were settled, which then it was not.</summary>
    public void Read(WorkItem read)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            Settlement.Run(session);
            read.Run(session);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            Rollback();
            read.Fail(Translate(exception));
            return;
        }

        Rollback();
        read.Complete();
    }

    public void Commit(List<WorkItem> works)
    {
        for (int attempt = 1; !TryCommit(works, isLast: attempt == DamageMax); attempt++)
        {
        }
    }

    // False where it has to be run again, around a damaged page that was met: something new is known of it.
    private bool TryCommit(List<WorkItem> works, bool isLast)
    {
        bool isSettling = false;
        bool isCommitting = false;
        try
        {
            if (works is not [var lone] || !lone.TryRunAlone(session))
            {
                session.Execute("BEGIN IMMEDIATE");
                isSettling = true;
                Settlement.Run(session);
                isSettling = false;
                foreach (WorkItem work in works)
                    work.Run(session);

                session.Totals.Write(session);
                isCommitting = true;
                session.Execute("COMMIT");
            }
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            // Whatever failed, nothing of this transaction may be believed, and the thread must live on for the next.
            StorageMetrics.Failures.Add(1);
            Rollback();
            if (isSettling && Settlement.IsStuck(exception) && TrySettleSingly())
                return false;

            if (works.Count > 1 && !isCommitting && exception is not SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL })
            {
                CommitOneByOne(works);
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
        session.Unsettled.Committed();
        StorageMetrics.Commits.Add(1);
        StorageMetrics.Writes.Add(works.Count);
        foreach (WorkItem work in works)
            work.Complete();

        checkpoints.Committed(session);
        return true;
    }

    // One of them met a damaged page, or broke a rule: the others must not pay for it.
    private void CommitOneByOne(List<WorkItem> works)
    {
        foreach (WorkItem work in works)
            Commit([work]);
    }

    // Those of one group after the other; what cannot be settled stays where it is. False where nothing came of it.
    private bool TrySettleSingly()
    {
        int before = session.Unsettled.Count;
        foreach (long group in session.Unsettled.Groups())
        {
            try
            {
                session.Execute("BEGIN IMMEDIATE");
                Settlement.Run(session, group);
                session.Totals.Write(session);
                session.Execute("COMMIT");
                session.Totals.Committed();
                session.Unsettled.Committed();
            }
            catch (Exception exception) when (IsFailure(exception))
            {
                StorageMetrics.Failures.Add(1);
                Rollback();
                if (Settlement.IsStuck(exception))
                    session.Unsettled.Stuck(group);
            }
        }

        return session.Unsettled.Count < before;
    }

    private static bool IsFailure(Exception exception) => exception
        is SqliteException
        or StorageException
        or DamagedRowException
        or InvalidOperationException
        or InvalidCastException
        or FormatException
        or ArgumentException
        or OverflowException;

    private static void Fail(List<WorkItem> works, StorageException failure)
    {
        foreach (WorkItem work in works)
            work.Fail(failure);
    }

    private void Rollback()
    {
        session.RowIds.Clear();
        session.Totals.Clear();
        session.Unsettled.RolledBack();
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
