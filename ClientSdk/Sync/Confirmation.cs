namespace ZeroKSync.Client.Sync;

/// <summary>What an authentic blob of an epoch is worth after a rotation: whoever was a member can still seal under that epoch's key.</summary>
internal enum Confirmation
{
    /// <summary>Of the current epoch, or vouched for by the rotator, or its sender went on from it under a later key.</summary>
    Confirmed,

    /// <summary>Of a member that nobody vouches for yet: delivered, and marked.</summary>
    Unconfirmed,

    /// <summary>Of a device that was revoked since, and nobody vouches for it: quarantined.</summary>
    Refused,
}
