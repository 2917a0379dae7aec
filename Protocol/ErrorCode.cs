namespace ZeroKSync.Protocol;

/// <summary>Why a request was refused. Every refusal is an ERROR frame on the stream that asked; the session lives on.</summary>
public enum ErrorCode : uint
{
    /// <summary>The bytes are not a message, or a value is out of its range: a bug of the sender, not to be retried.</summary>
    InvalidMessage = 1000,

    /// <summary>Inside a session only: the group is gone; say HELLO again. Local data is never wiped for it.</summary>
    UnknownGroup = 1001,

    /// <summary>Wrong proof, unknown group, or not admitted: one answer for all.</summary>
    Unauthorized = 1002,

    /// <summary>This device was revoked: stop, tell the user, keep local data.</summary>
    DeviceRevoked = 1003,

    NotBlobOwner = 1004,

    /// <summary>Not served in this state of the session, or not by this relay.</summary>
    UnexpectedMessage = 1005,

    /// <summary>The detail lists the versions the relay speaks.</summary>
    UnsupportedVersion = 1006,

    /// <summary>The group has moved to another key epoch.</summary>
    StaleKeyEpoch = 1007,

    /// <summary>Answers PULL and SUBSCRIBE only: what was asked for is no longer stored. Detail: oldest, head.</summary>
    ResyncRequired = 1008,

    /// <summary>Normal after a deletion.</summary>
    BlobNotFound = 1009,

    /// <summary>Expired, claimed or cancelled: one answer.</summary>
    InviteNotFound = 1010,

    /// <summary>Detail: the sequence the relay expects.</summary>
    OutOfSequence = 1011,

    /// <summary>List the devices again and rotate again.</summary>
    DevicesChanged = 1012,

    /// <summary>Two rotation chains diverge: stop at this relay and report.</summary>
    RotationFork = 1013,

    RateLimited = 2000,

    /// <summary>Terminal for this blob at this relay.</summary>
    BlobTooLarge = 2001,

    /// <summary>Detail: bytes used, bytes at most.</summary>
    GroupQuotaExceeded = 2002,

    InvalidPushToken = 2003,

    /// <summary>Detail: devices, devices at most.</summary>
    DeviceLimit = 2004,

    RelayOverloaded = 3000,
    RelayShuttingDown = 3001,

    /// <summary>The outcome is unknown: send the same blob again.</summary>
    RelayUnavailable = 3002,

    StorageFull = 3003,
}
