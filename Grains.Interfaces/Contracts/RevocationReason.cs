namespace ZeroKSync.Grains.Contracts;

/// <summary>Why a device was revoked.</summary>
[GenerateSerializer]
[Alias("zks.RevocationReason")]
public enum RevocationReason : byte
{
    /// <summary>It is out of its owner's hands.</summary>
    Lost = 0,

    /// <summary>It left the group.</summary>
    Decommissioned = 1,

    /// <summary>Its keys are known to somebody else.</summary>
    Compromised = 2,
}
