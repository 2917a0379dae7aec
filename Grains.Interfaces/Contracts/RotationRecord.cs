using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>One rotation, as the asking device sees it.</summary>
[GenerateSerializer]
[Alias("zks.RotationRecord")]
[Immutable]
public sealed record RotationRecord
{
    [Id(0)]
    public required ChainStatement Statement { get; init; }

    [Id(1)]
    public required ImmutableArray<DeviceId> Members { get; init; }

    /// <summary>Null where this device has none.</summary>
    [Id(2)]
    public ReadOnlyMemory<byte>? Wrap { get; init; }
}
