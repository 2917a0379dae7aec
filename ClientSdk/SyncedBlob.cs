namespace ZeroKSync.Client;

/// <summary>One blob of another device, opened and authenticated.</summary>
public sealed class SyncedBlob
{
    internal SyncedBlob(SyncedBlobId id, ReadOnlyMemory<byte> data, DateTimeOffset relayTime, bool isUnconfirmed)
    {
        Id = id;
        Data = data;
        RelayTime = relayTime;
        IsUnconfirmed = isUnconfirmed;
    }

    /// <summary>The same at every relay and after every restart.</summary>
    public SyncedBlobId Id { get; }

    /// <summary>The bytes the sender pushed.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>When the relay stored it, by the relay's clock: a hint, not authenticated.</summary>
    public DateTimeOffset RelayTime { get; }

    /// <summary>
    /// Sealed under a group key that was changed since, and neither the device that changed it nor the sender has said yet that it was there
    /// before: a device that was removed and still has the old key could have made it. Mostly confirmed a moment later.
    /// </summary>
    public bool IsUnconfirmed { get; }
}
