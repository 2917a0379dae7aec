using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Restores a corrupt row from a device that still holds it.</summary>
[GenerateSerializer]
[Alias("zks.RefillCommand")]
[Immutable]
public sealed record RefillCommand
{
    [Id(0)]
    public required DeviceId From { get; init; }

    [Id(1)]
    public required Cursor Cursor { get; init; }

    [Id(2)]
    public required DeviceId Sender { get; init; }

    [Id(3)]
    public required Sequence SenderSeq { get; init; }

    [Id(4)]
    public required BlobId BlobId { get; init; }

    [Id(5)]
    public required ReadOnlyMemory<byte> Envelope { get; init; }
}
