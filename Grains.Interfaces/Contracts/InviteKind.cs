namespace ZeroKSync.Grains.Contracts;

/// <summary>How the joiner gets the record.</summary>
[GenerateSerializer]
[Alias("zks.InviteKind")]
public enum InviteKind : byte
{
    /// <summary>From the relay, sealed under a key in the link.</summary>
    Invite = 0,

    /// <summary>From the creator, after a password-authenticated exchange.</summary>
    ShortCode = 1,
}
