using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>One sealed blob. Its envelope is never opened and never re-encoded.</summary>
[GenerateSerializer]
[Alias("zks.AppendEntry")]
[Immutable]
public sealed record AppendEntry
{
    [Id(0)]
    public required BlobId BlobId { get; init; }

    [Id(1)]
    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>Below SenderSeq in a run of voids, else equal.</summary>
    [Id(2)]
    public required Sequence FirstSeq { get; init; }

    [Id(3)]
    public required Sequence SenderSeq { get; init; }

    /// <summary>0 = the relay's default; above the cap it is clamped.</summary>
    [Id(4)]
    public required uint TtlSeconds { get; init; }

    [Id(5)]
    public required ReadOnlyMemory<byte> Envelope { get; init; }
}
