using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>
/// Every group's row and its log of sealed blobs. What a task returns is durable (synced to disk) when it completes. Each write names the
/// version of the group it was decided on: another one means that somebody else wrote, and nothing happens (<see cref="LogFenced"/>).
/// </summary>
/// <remarks>Every method may throw <see cref="StorageException"/>; the outcome of a write is then unknown.</remarks>
public interface IBlobLog
{
    /// <summary>The group's row with its devices and their sequences, or null.</summary>
    Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>The version of the group's row, or null where there is none. As long as it is the same, so is everything that a group decides on.</summary>
    Task<long?> ReadVersionAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>Adds a group at version 1; <see cref="LogFenced"/> if there is one.</summary>
    Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken);

    /// <summary>Changes the group's row, its devices and its oldest cursor.</summary>
    Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken);

    /// <summary>
    /// Stores blobs of one sender. The cursors are assigned in the transaction that stores them, without a gap.
    /// <see cref="LogQuotaExceeded"/> where they do not fit.
    /// </summary>
    Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken);

    /// <summary>Takes the blob out of a row and says why in its state.</summary>
    Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken);

    /// <summary>Puts the envelope back into a row that was found corrupt.</summary>
    Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken);

    /// <summary>
    /// Reads rows in cursor order, or null where there is no such group. Between oldest and head no cursor is left out: a row that does not
    /// match its checksum, cannot be read or is not there comes as corrupt, with zeros for what is not known of it.
    /// </summary>
    Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// One row without its envelope, or null where the group has none there. Decide on it and write with the version that was in force
    /// before: whatever changes a row changes the version.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="cursor">The row.</param>
    /// <param name="nowMs">Relay time, as in <see cref="LogQuery.NowMs"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken);

    /// <summary>The rotations after an epoch that this relay was asked for, oldest first; empty where there is no such group.</summary>
    Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken);

    /// <summary>The group's audit, newest first, at most <see cref="AuditRecord.PerGroupMax"/>.</summary>
    Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>
    /// Frees the envelopes of rows whose time is over; the rows stay, with their state. Runs when no write waits, or has waited for its turn
    /// long enough, and in short transactions. Returns how many there were; 0 when nothing is due any more.
    /// </summary>
    /// <param name="nowMs">Relay time.</param>
    /// <param name="rowsMax">Most rows in one transaction.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken);

    /// <summary>Trims what may go in idle groups, a few groups a step and in the background as <see cref="ExpireAsync"/>.</summary>
    Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken);

    /// <summary>What a group has stored, or null.</summary>
    Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>What the whole store holds.</summary>
    Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken);

    /// <summary>Checks the database and every checksum; slow, for operators.</summary>
    Task<LogVerification> VerifyAsync(CancellationToken cancellationToken);
}
