using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>An operator's work on the database of a data directory.</summary>
public sealed class SqliteOperations(SqliteStoreOptions options) : IStoreOperations
{
    /// <summary>Writes a copy of the database as it is now to a new file, synced and with mode 0600. The relay may be running.</summary>
    /// <exception cref="StorageException">The file exists already, or cannot be written.</exception>
    public Task BackupAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException(options.Directory);

    /// <summary>
    /// Puts a copy in the place of the database, with new relay epochs, after it was checked. The relay has to be stopped. What was there is
    /// replaced when all is done.
    /// </summary>
    /// <exception cref="StorageException">The copy is not a sound database of a relay, or the directory is in use.</exception>
    public Task RestoreAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TrimOutcome> TrimAsync(TrimPolicy policy, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> RenewEpochsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
