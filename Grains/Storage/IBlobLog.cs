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

    /// <summary>Adds a group at version 1; <see cref="LogFenced"/> if there is one.</summary>
    Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken);

    /// <summary>Changes the group's row, its devices and its oldest cursor.</summary>
    Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken);

    /// <summary>Stores blobs of one sender. The cursors are assigned in the transaction that stores them, without a gap.</summary>
    Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken);

    /// <summary>Reads rows in cursor order, or null where there is no such group. A row whose bytes do not match their checksum comes as corrupt.</summary>
    Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken);

    /// <summary>Frees the envelopes of rows whose time is over; the rows stay, with their state. Returns how many there were.</summary>
    /// <param name="nowMs">Relay time.</param>
    /// <param name="rowsMax">Most rows in one transaction.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken);

    /// <summary>What a group has stored, or null.</summary>
    Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>Checks the database and every checksum; slow, for operators.</summary>
    Task<LogVerification> VerifyAsync(CancellationToken cancellationToken);
}
