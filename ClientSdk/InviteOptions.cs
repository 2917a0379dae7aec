namespace ZeroKSync.Client;

/// <summary>How an invite is made.</summary>
public sealed class InviteOptions
{
    /// <summary>Longest life an invite can have at a relay.</summary>
    public static readonly TimeSpan MaxExpiry = TimeSpan.FromDays(1);

    /// <summary>How long it can be claimed. 1 s to 24 h, default 10 min: an invite is a key to the group until it is claimed.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromMinutes(10);
}
