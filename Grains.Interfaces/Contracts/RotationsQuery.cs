using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Which rotations a device lacks.</summary>
[GenerateSerializer]
[Alias("zks.RotationsQuery")]
[Immutable]
public sealed record RotationsQuery
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required KeyEpoch AfterEpoch { get; init; }
}
