using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>One device, as the group sees it.</summary>
[GenerateSerializer]
[Alias("zks.DeviceListing")]
[Immutable]
public sealed record DeviceListing
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required ReadOnlyMemory<byte> DeviceCard { get; init; }

    [Id(2)]
    public required ulong FirstSeenMs { get; init; }

    [Id(3)]
    public required ulong LastSeenMs { get; init; }

    [Id(4)]
    public required Cursor AckedCursor { get; init; }

    [Id(5)]
    public required uint Pending { get; init; }

    [Id(6)]
    public required bool Online { get; init; }
}
