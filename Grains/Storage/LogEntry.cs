using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>One blob to store.</summary>
public readonly record struct LogEntry(
    BlobId BlobId,
    KeyEpoch KeyEpoch,
    Sequence FirstSeq,
    Sequence SenderSeq,
    ulong ExpiresMs,
    ReadOnlyMemory<byte> Envelope);
