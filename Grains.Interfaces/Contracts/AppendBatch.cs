using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Blobs of one sender, in the sender's order.</summary>
[GenerateSerializer]
[Alias("zks.AppendBatch")]
[Immutable]
public sealed record AppendBatch
{
    [Id(0)]
    public required DeviceId Sender { get; init; }

    [Id(1)]
    public required ImmutableArray<AppendEntry> Entries { get; init; }

    /// <summary>Devices that the caller hands the rows on to as soon as it has the answer: their notices may wait. None where it is left out.</summary>
    [Id(2)]
    public ImmutableArray<DeviceId> Served { get; init; } = [];
}
