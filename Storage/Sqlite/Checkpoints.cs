using Microsoft.Data.Sqlite;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// When the write-ahead log is copied back into the database. Most of it is copied aside, on a thread and a connection of its own, while commits go
/// on; the writing thread copies the few pages that were written meanwhile, because the log begins anew only when all of it is copied and
/// nothing is added. Its methods are the writing thread's.
/// </summary>
/// <param name="aside">Of the copying thread.</param>
/// <param name="pages">Pages in the log that are worth copying.</param>
internal sealed class Checkpoints(WorkQueue aside, int pages) : IDisposable
{
    /// <summary>The name of the copying thread.</summary>
    public const string ThreadName = "zks storage checkpoint";

    // Copying that does not keep up is waited for: the log is this many times as long at most, and what a commit adds.
    internal const int BehindMax = 4;

    // What is written during one pass is the work of the next: each is a part of the one before.
    private const int PassesMax = 4;
    private const int FewPages = 400;

    private readonly ManualResetEventSlim _isCopied = new(true);
    private bool _isCopying;
    private long _pages;

    /// <summary>A transaction was committed, and whoever waited for it has been told.</summary>
    public void Committed(SqliteSession session)
    {
        _pages += session.TakePagesWritten();
        if (!_isCopying)
        {
            if (_pages >= pages)
                Begin();

            return;
        }

        if (!_isCopied.IsSet && _pages < (long)BehindMax * pages)
            return;

        _isCopied.Wait();
        _isCopying = false;
        (long log, long copied) = Copy(session);
        // A reader of an older moment may be in the way; then the log grows on, and the next checkpoint comes all the same.
        _pages = log - copied;
    }

    /// <summary>Waits for the copying that is under way.</summary>
    public void Finish() => _isCopied.Wait();

    public void Dispose() => _isCopied.Dispose();

    private void Begin()
    {
        _isCopied.Reset();
        _isCopying = true;
        // It takes one at a time, and is asked for one at a time; at the end of a store there is none.
        if (!aside.TryAdd(new WorkItem<bool>(CopyAside, CancellationToken.None)))
            _isCopied.Set();
    }

    private bool CopyAside(SqliteSession session)
    {
        try
        {
            long before = 0;
            for (int pass = 0; pass < PassesMax; pass++)
            {
                (_, long copied) = Copy(session);
                if (copied - before < FewPages)
                    break;

                before = copied;
            }

            return true;
        }
        finally
        {
            _isCopied.Set();
        }
    }

    // How many pages the log has, and how many of them are copied. What could not be copied stays in the log, where it is as durable.
    private static (long Log, long Copied) Copy(SqliteSession session)
    {
        try
        {
            using SqliteDataReader reader = session.Query("PRAGMA wal_checkpoint(PASSIVE)");
            return reader.Read() && reader.GetInt64(0) == 0 ? (reader.GetInt64(1), reader.GetInt64(2)) : (0, 0);
        }
        catch (SqliteException)
        {
            // A full disk, for one: it is tried again when as much again was written.
            return (0, 0);
        }
    }
}
