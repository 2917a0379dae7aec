namespace ZeroKSync.Grains.Contracts;

/// <summary>The chain grew.</summary>
[GenerateSerializer]
[Alias("zks.KeyRotatedNotice")]
[Immutable]
public sealed record KeyRotatedNotice : GroupNotice
{
    [Id(0)]
    public required RotationRecord Rotation { get; init; }
}
