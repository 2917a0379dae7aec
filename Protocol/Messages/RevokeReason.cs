namespace ZeroKSync.Protocol.Messages;

/// <summary>Why a device is revoked.</summary>
public enum RevokeReason : byte
{
    Lost = 0,
    Decommissioned = 1,
    Compromised = 2,
}
