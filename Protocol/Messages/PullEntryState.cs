namespace ZeroKSync.Protocol.Messages;

/// <summary>What became of a row's blob. A row is never left out in silence.</summary>
public enum PullEntryState : byte
{
    /// <summary>It is there.</summary>
    Blob = 0,

    /// <summary>Its sender deleted it, with a proof.</summary>
    Deleted = 1,

    /// <summary>It was not delivered to all within its time.</summary>
    Expired = 2,

    /// <summary>The stored bytes no longer match their checksum; a device may refill it.</summary>
    Corrupt = 3,
}
