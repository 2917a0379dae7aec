using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>A reading thread: each work sees one moment of the database.</summary>
internal sealed class ReadLoop(SqliteConnection connection) : IWorkLoop
{
    public void Run(WorkQueue queue)
    {
        using var session = new SqliteSession(connection);
        while (queue.TryTake(out WorkItem work))
        {
            if (work.IsCancelled)
                work.Cancel();
            else
                Read(session, work);
        }
    }

    private static void Read(SqliteSession session, WorkItem work)
    {
        try
        {
            work.Run(session);
        }
        catch (Exception exception) when (exception is SqliteException or StorageException or InvalidOperationException or InvalidCastException or FormatException or ArgumentException or OverflowException)
        {
            // A damaged page or row fails this read; the thread must live on for the next.
            work.Fail(exception as StorageException ?? new StorageException(StorageErrorKind.Unavailable, "The database could not be read.", exception));
            return;
        }

        work.Complete();
    }
}
