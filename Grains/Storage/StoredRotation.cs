using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>What belongs to a rotation beside its statement.</summary>
public sealed record StoredRotation
{
    /// <summary>The epoch that the rotation begins.</summary>
    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>The group's devices after it, in the order that its statement's hash is over.</summary>
    public required ImmutableArray<DeviceId> Members { get; init; }

    /// <summary>The group's secret sealed to each of them; a wrap goes when its device has proved the epoch.</summary>
    public required ImmutableArray<KeyWrap> Wraps { get; init; }
}
