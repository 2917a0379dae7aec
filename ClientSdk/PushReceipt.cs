using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>A blob that is durable on this device.</summary>
public sealed class PushReceipt
{
    internal PushReceipt(BlobId blobId, Sequence sequence, Task delivered)
    {
        BlobId = blobId;
        Sequence = sequence;
        Delivered = delivered;
    }

    /// <summary>The blob's id, the same at every relay.</summary>
    public BlobId BlobId { get; }

    /// <summary>This device's own count, from 1.</summary>
    public Sequence Sequence { get; }

    /// <summary>
    /// Completes when a relay has the blob on disk. Fails with a <see cref="SyncException"/> if it is refused for good, and is cancelled
    /// when the client is disposed first: the blob stays in the outbox then and goes at the next start.
    /// </summary>
    public Task Delivered { get; }
}
