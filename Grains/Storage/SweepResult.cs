namespace ZeroKSync.Grains.Storage;

/// <summary>What a step did.</summary>
/// <param name="Next">Where the next step begins; null when every group was looked at.</param>
/// <param name="Rows">Rows that were trimmed.</param>
public sealed record SweepResult(long? Next, int Rows);
