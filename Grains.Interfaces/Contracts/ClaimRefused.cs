namespace ZeroKSync.Grains.Contracts;

/// <summary>There is nothing to claim.</summary>
[GenerateSerializer]
[Alias("zks.ClaimRefused")]
[Immutable]
public sealed record ClaimRefused : ClaimResult
{
    [Id(0)]
    public required Refusal Refusal { get; init; }
}
