namespace ZeroKSync.Grains.Storage;

/// <summary>What the whole store holds. It is kept up to date by every write, so reading it costs the same however much is stored.</summary>
/// <param name="Groups">Groups.</param>
/// <param name="Rows">Rows of all logs, those without a blob included.</param>
/// <param name="BytesUsed">Bytes of all envelopes.</param>
/// <param name="CorruptRows">Rows ever quarantined; refilled ones count.</param>
/// <param name="FileBytes">What the database takes on disk.</param>
public sealed record StoreStatistics(long Groups, long Rows, long BytesUsed, long CorruptRows, long FileBytes);
