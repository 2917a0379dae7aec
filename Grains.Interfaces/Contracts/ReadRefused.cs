namespace ZeroKSync.Grains.Contracts;

/// <summary>No page.</summary>
[GenerateSerializer]
[Alias("zks.ReadRefused")]
[Immutable]
public sealed record ReadRefused : ReadResult
{
    [Id(0)]
    public required Refusal Refusal { get; init; }
}
