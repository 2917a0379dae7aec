using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Why a grain refused. The gateway alone turns it into a wire code.</summary>
[GenerateSerializer]
[Alias("zks.RefusalReason")]
public enum RefusalReason : byte
{
    /// <summary>Unknown group without the create flag, or an origin key that is not the group's.</summary>
    NotAdmitted = 0,

    /// <summary>The device's id is blocked.</summary>
    DeviceRevoked = 1,

    /// <summary>The group is full; detail = used, most.</summary>
    DeviceLimit = 2,

    /// <summary>The key epoch is not the group's.</summary>
    StaleKeyEpoch = 3,

    /// <summary>Not the next sequence of this sender; detail = the expected one.</summary>
    OutOfSequence = 4,

    /// <summary>The group's buffer is full; detail = used, most.</summary>
    GroupQuotaExceeded = 5,

    /// <summary>The envelope is above the relay's bound; detail = most.</summary>
    BlobTooLarge = 6,

    /// <summary>The command contradicts itself or the group's state.</summary>
    InvalidMessage = 7,

    /// <summary>Only the sender may do this.</summary>
    NotBlobOwner = 8,

    /// <summary>No such row.</summary>
    BlobNotFound = 9,

    /// <summary>Expired, claimed, cancelled or never there: one answer.</summary>
    InviteNotFound = 10,

    /// <summary>The devices named are not the devices registered.</summary>
    DevicesChanged = 11,

    /// <summary>The chain diverges from the one stored.</summary>
    RotationFork = 12,

    /// <summary>The wake-up token was refused.</summary>
    InvalidPushToken = 13,

    /// <summary>The disk is full.</summary>
    StorageFull = 14,

    /// <summary>The outcome is unknown: the caller repeats the same command.</summary>
    Unavailable = 15,

    /// <summary>This relay does not serve that command.</summary>
    NotServed = 16,

    /// <summary>More work waits than the relay takes: nothing was done, and the same command may come later.</summary>
    Overloaded = 17,
}
