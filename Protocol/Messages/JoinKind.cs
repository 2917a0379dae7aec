namespace ZeroKSync.Protocol.Messages;

/// <summary>How two devices meet.</summary>
public enum JoinKind : byte
{
    /// <summary>A sealed record, claimed once.</summary>
    Invite = 0,

    /// <summary>A key exchange over a short code.</summary>
    ShortCode = 1,
}
