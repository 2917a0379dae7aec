using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>A device has proved an epoch: it needs no wrap up to it any more.</summary>
public readonly record struct WrapsProved(DeviceId Device, KeyEpoch Through);
