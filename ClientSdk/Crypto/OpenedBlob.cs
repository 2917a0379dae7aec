using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>An authentic blob.</summary>
internal readonly record struct OpenedBlob(BlobType Type, EnvelopeHeader Header, ReadOnlyMemory<byte> Payload);
