namespace ZeroKSync.Grains.Contracts;

/// <summary>The record, or nothing.</summary>
[GenerateSerializer]
[Alias("zks.ClaimResult")]
[Immutable]
public abstract record ClaimResult
{
    private protected ClaimResult()
    {
    }
}
