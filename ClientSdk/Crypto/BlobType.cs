namespace ZeroKSync.Client.Crypto;

/// <summary>What a sealed blob is; inside the seal, so the relay cannot tell.</summary>
internal enum BlobType : byte
{
    /// <summary>What an app pushed.</summary>
    AppData = 0,

    /// <summary>Stands for sequences its sender does not supply; its payload is the real link of the last.</summary>
    Void = 1,

    /// <summary>What a device has of every sender.</summary>
    Vector = 2,

    /// <summary>A start for a device that came too late.</summary>
    Checkpoint = 3,

    /// <summary>Asks a peer for a checkpoint or a refill.</summary>
    Request = 4,

    /// <summary>Names a large content.</summary>
    ContentReference = 5,

    /// <summary>A named set of contents or blobs.</summary>
    CollectionManifest = 6,
}
