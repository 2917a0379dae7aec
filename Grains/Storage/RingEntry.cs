using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>What is remembered of an accepted row, to answer its repeat with its first cursor.</summary>
public readonly record struct RingEntry(Sequence SenderSeq, BlobId BlobId, Cursor Cursor, ulong TimestampMs);
