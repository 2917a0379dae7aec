namespace ZeroKSync.Client;

/// <summary>One blob of another device, opened and authenticated.</summary>
public sealed class SyncedBlob
{
    internal SyncedBlob(SyncedBlobId id, ReadOnlyMemory<byte> data, DateTimeOffset relayTime)
    {
        Id = id;
        Data = data;
        RelayTime = relayTime;
    }

    /// <summary>The same at every relay and after every restart.</summary>
    public SyncedBlobId Id { get; }

    /// <summary>The bytes the sender pushed.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>When the relay stored it, by the relay's clock: a hint, not authenticated.</summary>
    public DateTimeOffset RelayTime { get; }
}
