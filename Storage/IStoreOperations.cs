using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage;

/// <summary>
/// What an operator asks of a relay's database. Everything may be asked beside a running relay unless a method says otherwise, and throws
/// <see cref="StorageException"/> where the database cannot be had.
/// </summary>
public interface IStoreOperations
{
    /// <summary>What the store holds.</summary>
    Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken);

    /// <summary>Reads everything: the engine's own check, every checksum, and every group's numbers against its rows.</summary>
    Task<LogVerification> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Does at once what the relay does in the background, and gives the room back. On SQLite the relay has to be stopped.</summary>
    Task<TrimOutcome> TrimAsync(TrimPolicy policy, CancellationToken cancellationToken);

    /// <summary>
    /// Gives every group a new relay epoch, so that devices see that this log is not the one they knew: needed whenever a database is put
    /// back from a copy, and done by a restore. On SQLite the relay has to be stopped. Returns the number of groups.
    /// </summary>
    Task<long> RenewEpochsAsync(CancellationToken cancellationToken);
}
