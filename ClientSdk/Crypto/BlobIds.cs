using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>What travels beside an envelope and is bound to it.</summary>
internal readonly record struct BlobIds(DeviceId Sender, Sequence SenderSeq, BlobId BlobId);
