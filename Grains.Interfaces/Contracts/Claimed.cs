namespace ZeroKSync.Grains.Contracts;

/// <summary>The record; it is gone from the relay.</summary>
[GenerateSerializer]
[Alias("zks.Claimed")]
[Immutable]
public sealed record Claimed : ClaimResult
{
    [Id(0)]
    public required ReadOnlyMemory<byte> Sealed { get; init; }
}
