using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>A device of the group as the relay lists it. Times and counts are the relay's word; the name is sealed by the device.</summary>
/// <param name="DeviceId">The device's static public key.</param>
/// <param name="Name">The name it gave itself; null where its card does not open with a key of this group.</param>
/// <param name="FirstSeen">When it first said hello.</param>
/// <param name="LastSeen">When it was last connected.</param>
/// <param name="Pending">Blobs it has not yet acknowledged.</param>
/// <param name="IsOnline">Whether it has a session now.</param>
/// <param name="IsThisDevice">Whether it is the device asking.</param>
public sealed record GroupDevice(
    DeviceId DeviceId,
    string? Name,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    uint Pending,
    bool IsOnline,
    bool IsThisDevice);
