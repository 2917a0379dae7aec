using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>A rotation as one device needs it.</summary>
/// <param name="KeyEpoch">The epoch that it begins.</param>
/// <param name="Members">The devices after it.</param>
/// <param name="Wrap">The secret sealed to this device; null where there is none, or none any more.</param>
public sealed record DeviceRotation(KeyEpoch KeyEpoch, ImmutableArray<DeviceId> Members, ReadOnlyMemory<byte>? Wrap);
