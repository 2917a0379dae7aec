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
}
