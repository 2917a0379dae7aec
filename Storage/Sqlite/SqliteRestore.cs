using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The steps of a restore. Until the last one the old database is where it was; an interrupted restore is seen at the next start.</summary>
internal static class SqliteRestore
{
    /// <summary>The ending of the copy on its way in.</summary>
    public const string Unfinished = ".restoring";

    private const string Replaced = ".replaced";

    public static bool Run(SqliteStoreOptions options, string path, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new StorageException(StorageErrorKind.CannotOpen, "The restore failed: there is no such file.");

        using FileStream fileLock = SqliteStore.TakeLock(options.Directory);
        string incoming = path + Unfinished;
        foreach (string ending in (string[])["", "-wal", "-shm"])
            File.Delete(incoming + ending);

        File.Copy(file, incoming);
        Prepare(incoming, options, cancellationToken);
        DurableFile.Seal(incoming);
        cancellationToken.ThrowIfCancellationRequested();

        // The old log first: it must never be read into the new database.
        foreach (string ending in (string[])["-wal", ""])
        {
            if (File.Exists(path + ending))
                DurableFile.Move(path + ending, path + Replaced + ending);
            else
                File.Delete(path + Replaced + ending);
        }

        File.Delete(path + "-shm");
        DurableFile.Move(incoming, path);
        return true;
    }

    private static void Prepare(string incoming, SqliteStoreOptions options, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = SqliteSchema.Open(incoming, options);
        using var session = new SqliteSession(connection);
        using (cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle)))
        {
            LogVerification found = VerifyRows.Verify(session);
            if (found.Faults.Count > 0)
                throw new StorageException(StorageErrorKind.CannotOpen, $"The restore failed: the copy is damaged. {found.Faults[0]}");

            session.Execute("BEGIN IMMEDIATE");
            // First, or they would be those of a group that is no more.
            Settlement.Find(session);
            Settlement.Run(session);
            session.Totals.Write(session);
            GroupRows.RenewEpochs(session);
            session.Execute("COMMIT");
            session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
