namespace ZeroKSync.Grains.Contracts;

/// <summary>The command changed nothing.</summary>
[GenerateSerializer]
[Alias("zks.CommandRefused")]
[Immutable]
public sealed record CommandRefused : CommandResult
{
    [Id(0)]
    public required Refusal Refusal { get; init; }
}
