namespace ZeroKSync.Client.Sync;

/// <summary>Why a blob is kept and not believed. The cipher says only that something does not open; what that means is decided here.</summary>
internal enum QuarantineReason
{
    /// <summary>No envelope of this version, or its header is not what the row says.</summary>
    NoEnvelope,

    /// <summary>Sealed under an epoch whose secret this device does not have: a key update may open it.</summary>
    UnknownEpoch,

    /// <summary>Does not open under the key it names: altered, or of somebody else.</summary>
    DoesNotOpen,

    /// <summary>Covers several sequences and is no void: only a void may.</summary>
    RunThatIsNoVoid,

    /// <summary>A void whose payload is not the link that readers go on with.</summary>
    DamagedVoid,

    /// <summary>A vector that says nothing this version reads.</summary>
    DamagedVector,

    /// <summary>Of a device that was revoked since, under a key it still has, and nobody vouches for it.</summary>
    Unconfirmed,

    /// <summary>Authentic, and of a type that this version does not know: a later one may.</summary>
    UnknownType,
}
