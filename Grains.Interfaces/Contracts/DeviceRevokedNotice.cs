using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A device was blocked.</summary>
[GenerateSerializer]
[Alias("zks.DeviceRevokedNotice")]
[Immutable]
public sealed record DeviceRevokedNotice : GroupNotice
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required DeviceId RevokedBy { get; init; }

    [Id(2)]
    public required ulong TimestampMs { get; init; }

    [Id(3)]
    public required RevocationReason Reason { get; init; }
}
