namespace ZeroKSync.Grains.Storage;

/// <summary>What a full check found.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="CorruptRows">Rows whose bytes do not match their checksum, and those that cannot be read at all.</param>
/// <param name="QuarantinedRows">Rows found corrupt before and not refilled since.</param>
/// <param name="Faults">What the database engine itself reports, and groups whose numbers do not fit their rows; empty where it is sound.</param>
public sealed record LogVerification(long Rows, long CorruptRows, long QuarantinedRows, IReadOnlyList<string> Faults)
{
    /// <summary>Faults in one report: enough to see what is wrong.</summary>
    public const int FaultsMax = 100;

    public bool IsSound => CorruptRows == 0 && Faults.Count == 0;
}
