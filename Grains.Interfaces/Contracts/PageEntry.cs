using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>One row of the log.</summary>
[GenerateSerializer]
[Alias("zks.PageEntry")]
[Immutable]
public sealed record PageEntry
{
    [Id(0)]
    public required Cursor Cursor { get; init; }

    [Id(1)]
    public required EntryState State { get; init; }

    [Id(2)]
    public required DeviceId Sender { get; init; }

    [Id(3)]
    public required BlobId BlobId { get; init; }

    /// <summary>In a deleted row, the epoch its proof verifies under.</summary>
    [Id(4)]
    public required KeyEpoch KeyEpoch { get; init; }

    [Id(5)]
    public required Sequence FirstSeq { get; init; }

    [Id(6)]
    public required Sequence SenderSeq { get; init; }

    [Id(7)]
    public required ulong TimestampMs { get; init; }

    /// <summary>Null unless the state is Blob.</summary>
    [Id(8)]
    public ReadOnlyMemory<byte>? Envelope { get; init; }

    /// <summary>64 bytes, in a deleted row.</summary>
    [Id(9)]
    public ReadOnlyMemory<byte>? Proof { get; init; }
}
