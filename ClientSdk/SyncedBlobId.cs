using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>What makes a blob the same at every relay: stable, so an app can use it in its own transaction.</summary>
/// <param name="Sender">The device that pushed it.</param>
/// <param name="Sequence">The sender's own count, from 1.</param>
/// <param name="Blob">Random, chosen by the sender.</param>
public readonly record struct SyncedBlobId(DeviceId Sender, Sequence Sequence, BlobId Blob);
