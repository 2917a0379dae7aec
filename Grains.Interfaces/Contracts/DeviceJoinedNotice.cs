using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A device was admitted for the first time.</summary>
[GenerateSerializer]
[Alias("zks.DeviceJoinedNotice")]
[Immutable]
public sealed record DeviceJoinedNotice : GroupNotice
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required ReadOnlyMemory<byte> DeviceCard { get; init; }

    /// <summary>The invite it came by, where known.</summary>
    [Id(2)]
    public LookupId? Lookup { get; init; }
}
