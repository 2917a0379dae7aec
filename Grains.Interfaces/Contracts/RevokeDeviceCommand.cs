using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Blocks a device id.</summary>
[GenerateSerializer]
[Alias("zks.RevokeDeviceCommand")]
[Immutable]
public sealed record RevokeDeviceCommand
{
    [Id(0)]
    public required DeviceId By { get; init; }

    [Id(1)]
    public required DeviceId Device { get; init; }

    [Id(2)]
    public required RevocationReason Reason { get; init; }
}
