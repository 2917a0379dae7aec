using System.Collections.Immutable;

namespace ZeroKSync.Grains.Contracts;

/// <summary>The group's devices.</summary>
[GenerateSerializer]
[Alias("zks.DeviceListResult")]
[Immutable]
public sealed record DeviceListResult
{
    [Id(0)]
    public required ImmutableArray<DeviceListing> Devices { get; init; }

    [Id(1)]
    public Refusal? Refusal { get; init; }
}
