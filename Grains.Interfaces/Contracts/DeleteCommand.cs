using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>The sender takes a blob back.</summary>
[GenerateSerializer]
[Alias("zks.DeleteCommand")]
[Immutable]
public sealed record DeleteCommand
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required BlobId BlobId { get; init; }

    [Id(2)]
    public required Cursor Cursor { get; init; }

    [Id(3)]
    public required Sequence SenderSeq { get; init; }

    [Id(4)]
    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>64 bytes.</summary>
    [Id(5)]
    public required ReadOnlyMemory<byte> Proof { get; init; }

    /// <summary>Also before every device has acknowledged it.</summary>
    [Id(6)]
    public required bool Force { get; init; }
}
