using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>An operator's work on the database of a data directory.</summary>
public sealed class SqliteOperations(SqliteStoreOptions options) : IStoreOperations
{
    private readonly string _path = Path.Combine(options.Directory, SqliteStore.FileName);

    /// <summary>Writes a copy of the database as it is now to a new file, synced and with mode 0600. The relay may be running.</summary>
    /// <exception cref="StorageException">There is no database, the file exists already, or it cannot be written.</exception>
    public Task BackupAsync(string file, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return OnThreadAsync("The backup failed", () =>
        {
            if (File.Exists(file))
                throw new StorageException(StorageErrorKind.CannotOpen, "The backup was not written: there is a file of that name.");

            string unfinished = file + ".unfinished";
            File.Delete(unfinished);
            using (SqliteConnection connection = OpenExisting())
            using (var session = new SqliteSession(connection))
            using (cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle)))
            {
                // The copy is a write, to another file.
                session.Execute("PRAGMA query_only = OFF");
                session.Execute("VACUUM INTO $path", ("$path", unfinished));
            }

            // SQLite does not sync it.
            DurableFile.Seal(unfinished);
            DurableFile.Move(unfinished, file);
            return true;
        });
    }

    /// <summary>
    /// Puts a copy in the place of the database, with new relay epochs, after it was checked. The relay has to be stopped. What was there is
    /// replaced when all is done, and kept beside it with the ending <c>.replaced</c>.
    /// </summary>
    /// <exception cref="StorageException">The copy is not a sound database of a relay, or the directory is in use.</exception>
    public Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return OnThreadAsync("The restore failed", () => SqliteRestore.Run(options, _path, file, cancellationToken));
    }

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => ReadAsync(GroupRows.Statistics, cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => ReadAsync(VerifyWhatOpens, cancellationToken);

    public async Task<TrimOutcome> TrimAsync(TrimPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        RequireExisting();
        await using SqliteStore store = SqliteStore.Open(options);
        var log = new SqliteBlobLog(store);
        StoreStatistics before = await log.GetStatisticsAsync(cancellationToken);
        (long expired, long trimmed) = await StoreTrim.RunAsync(log, policy, cancellationToken);
        await store.RunAloneAsync("PRAGMA incremental_vacuum", cancellationToken);
        StoreStatistics after = await log.GetStatisticsAsync(cancellationToken);
        return new TrimOutcome(expired, trimmed, before.FileBytes - after.FileBytes);
    }

    public async Task<long> RenewEpochsAsync(CancellationToken cancellationToken)
    {
        RequireExisting();
        await using SqliteStore store = SqliteStore.Open(options);
        return await store.WriteAsync(GroupRows.RenewEpochs, cancellationToken);
    }

    // Damage that ends the look itself is what was looked for.
    private static LogVerification VerifyWhatOpens(SqliteSession session)
    {
        try
        {
            return VerifyRows.Verify(session);
        }
        catch (SqliteException exception) when (RowReader.IsDamage(exception))
        {
            return new LogVerification(0, 0, 0, ["The database is too damaged to be read."]);
        }
    }

    private Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) => OnThreadAsync("The database could not be read", () =>
    {
        using SqliteConnection connection = OpenExisting();
        SqliteSchema.RequireVersion(connection);
        using var session = new SqliteSession(connection);
        using (cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle)))
        {
            session.Execute("BEGIN");
            T result = read(session);
            // Nothing was written, and a damaged page that was met on the way would fail a commit.
            session.Execute("ROLLBACK");
            return result;
        }
    });

    private SqliteConnection OpenExisting()
    {
        RequireExisting();
        return SqliteSchema.OpenReader(_path, options.Vfs);
    }

    private void RequireExisting()
    {
        if (!File.Exists(_path))
            throw new StorageException(StorageErrorKind.CannotOpen, "There is no database in the data directory.");
    }

    private static Task<T> OnThreadAsync<T>(string what, Func<T> work) => OwnThread.RunAsync("zks storage operation", () =>
    {
        try
        {
            return work();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException($"{what}: it was stopped.", exception);
        }
        catch (SqliteException exception)
        {
            StorageErrorKind kind = exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL ? StorageErrorKind.Full : StorageErrorKind.CannotOpen;
            throw new StorageException(kind, $"{what}: {(kind == StorageErrorKind.Full ? "the disk is full" : "it is not a sound database of a relay, or cannot be written")}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DurableFile.Failed(what, exception);
        }
    });
}
