namespace ZeroKSync.Client;

/// <summary>What went wrong, in the terms an app can act on.</summary>
public enum SyncErrorKind
{
    /// <summary>The call does not fit the client's state: no group yet, or one already.</summary>
    WrongState,

    /// <summary>The data directory cannot be used: unreadable, held by another process, damaged or full.</summary>
    LocalStore,

    /// <summary>The relay cannot be reached, or the connection was lost.</summary>
    Unreachable,

    /// <summary>The relay at the address is not the one that was named. Nothing about this device was shown to it.</summary>
    WrongRelay,

    /// <summary>The relay does not admit this device to the group; it says the same where no such group exists.</summary>
    Unauthorized,

    /// <summary>This device was revoked. Local data is kept.</summary>
    DeviceRevoked,

    /// <summary>The invite is expired, claimed or cancelled; which of them is not said.</summary>
    InviteNotFound,

    /// <summary>The text is not an invite this version understands.</summary>
    InviteInvalid,

    /// <summary>The blob is larger than the limit. It took no sequence.</summary>
    BlobTooLarge,

    /// <summary>Blobs not yet at the relay fill the outbox.</summary>
    OutboxFull,

    /// <summary>The group's or the device's quota at the relay is used up.</summary>
    QuotaExceeded,

    /// <summary>The relay asks to slow down, is overloaded, shutting down or cannot store.</summary>
    RelayBusy,

    /// <summary>The relay's key epoch or log does not fit what this device knows.</summary>
    OutOfStep,

    /// <summary>This device's state looks like a copy of another's.</summary>
    Forked,

    /// <summary>Another session of the same device took over.</summary>
    Superseded,

    /// <summary>Relay and client do not speak the same version.</summary>
    UnsupportedVersion,

    /// <summary>The relay broke the protocol, or this client did.</summary>
    Protocol,

    /// <summary>
    /// What does not open or is missing fills the room kept for it: nothing more is read from that relay, and nothing was passed by.
    /// </summary>
    QuarantineFull,

    /// <summary>The relay shows another history of the group's keys than this device's: it is not followed.</summary>
    RotationFork,

    /// <summary>The relay has not shown for ten minutes what another device says was sent.</summary>
    RelayWithholding,
}
