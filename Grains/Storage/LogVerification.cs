namespace ZeroKSync.Grains.Storage;

/// <summary>What a full check found.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="CorruptRows">Rows whose bytes do not match their checksum.</param>
/// <param name="Faults">What the database engine itself reports; empty where it is sound.</param>
public sealed record LogVerification(long Rows, long CorruptRows, IReadOnlyList<string> Faults)
{
    public bool IsSound => CorruptRows == 0 && Faults.Count == 0;
}
