using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>One of this device's own blobs, sealed.</summary>
internal sealed record OutboxItem
{
    public required Sequence FirstSeq { get; init; }

    public required Sequence SenderSeq { get; init; }

    public required BlobId BlobId { get; init; }

    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>Link of <see cref="FirstSeq"/> - 1.</summary>
    public required SequenceLink Previous { get; init; }

    /// <summary>Link of <see cref="SenderSeq"/>.</summary>
    public required SequenceLink Link { get; init; }

    /// <summary>0 leaves it to the relay.</summary>
    public required uint TtlSeconds { get; init; }

    public required ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The epoch an own envelope was sealed in: read from it, because the current one may have moved on meanwhile.</summary>
    public static KeyEpoch EpochOf(ReadOnlySpan<byte> envelope) =>
        EnvelopeHeader.TryRead(envelope, out EnvelopeHeader header) ? header.KeyEpoch : throw new ArgumentException("This is no envelope.", nameof(envelope));
}
