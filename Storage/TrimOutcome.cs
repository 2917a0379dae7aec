namespace ZeroKSync.Storage;

/// <summary>What a trim did.</summary>
/// <param name="ExpiredRows">Rows whose blob went because its time was over.</param>
/// <param name="TrimmedRows">Rows that went.</param>
/// <param name="FreedBytes">What the database takes less on disk.</param>
public sealed record TrimOutcome(long ExpiredRows, long TrimmedRows, long FreedBytes);
