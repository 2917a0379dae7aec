namespace ZeroKSync.Client.Sync;

/// <summary>What a rotation that a relay shows is to this device.</summary>
internal enum AdoptionOutcome
{
    /// <summary>The next one, with a secret that is its own: the device moves to its epoch.</summary>
    Adopted,

    /// <summary>Part of this device's own chain.</summary>
    Known,

    /// <summary>More than one epoch ahead: those between are to be asked for.</summary>
    Ahead,

    /// <summary>The next one, and it leaves this device out by name.</summary>
    Revoked,

    /// <summary>The next one, and this relay has no wrap for this device.</summary>
    NoWrap,

    /// <summary>Signed by a member, and of another history than this device's: it is not followed.</summary>
    Fork,

    /// <summary>Not signed by a member, or its secret is not the one it names: the relay's own work, or damaged.</summary>
    Refused,
}
