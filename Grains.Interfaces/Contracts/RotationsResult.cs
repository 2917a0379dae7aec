using System.Collections.Immutable;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Oldest first.</summary>
[GenerateSerializer]
[Alias("zks.RotationsResult")]
[Immutable]
public sealed record RotationsResult
{
    [Id(0)]
    public required ImmutableArray<RotationRecord> Rotations { get; init; }

    [Id(1)]
    public Refusal? Refusal { get; init; }
}
