namespace ZeroKSync.Client;

/// <summary>What happened.</summary>
public enum SyncEventKind
{
    /// <summary>A session with the relay was opened.</summary>
    Connected,

    /// <summary>The session with the relay ended.</summary>
    Disconnected,

    /// <summary>A device appeared in the group.</summary>
    DeviceJoined,

    /// <summary>A device was revoked.</summary>
    DeviceRevoked,

    /// <summary>A blob did not open: it is kept and not delivered.</summary>
    Quarantined,

    /// <summary>A blob was deleted, has expired or is damaged at the relay: it is kept as missing.</summary>
    Missing,

    /// <summary>A sender's sequence has a gap below a received blob, or its links do not join.</summary>
    SequenceBroken,

    /// <summary>One sequence of a sender carries two different blobs; both are kept, and delivered where they are for the app.</summary>
    ForkDetected,

    /// <summary>This device's state looks like a copy of another's: pushing stopped.</summary>
    DeviceForked,

    /// <summary>The relay keeps back what another device says it has sent.</summary>
    RelayWithholding,

    /// <summary>The relay lost its position of this device: everything it has was read again.</summary>
    Resynced,

    /// <summary>The relay began a new log: this device's blobs are sent again from its journal.</summary>
    RelayReset,

    /// <summary>A blob was refused for good at the relay; it is kept here.</summary>
    PushRefused,

    /// <summary>Another session of this device took over.</summary>
    Superseded,

    /// <summary>Events came faster than they were read: the oldest were dropped.</summary>
    EventsDropped,

    /// <summary>What does not open or is missing fills the room kept for it: reading from that relay stopped before the next one.</summary>
    QuarantineFull,

    /// <summary>The group's key was changed and this device has the new one.</summary>
    KeyRotated,

    /// <summary>A relay showed a change of the group's key that this device cannot or must not follow: it keeps its key.</summary>
    RotationRefused,

    /// <summary>A relay shows another history of the group's keys than this device's: it is not followed, and that relay is left alone.</summary>
    RotationFork,
}
