namespace ZeroKSync.Grains.Contracts;

/// <summary>Not let in.</summary>
[GenerateSerializer]
[Alias("zks.HelloRefused")]
[Immutable]
public sealed record HelloRefused : HelloResult
{
    [Id(0)]
    public required Refusal Refusal { get; init; }
}
