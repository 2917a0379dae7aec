namespace ZeroKSync.Protocol.Messages;

/// <summary>What HELLO asks for besides a session.</summary>
[Flags]
public enum HelloFlags : uint
{
    None = 0,

    /// <summary>Create the group where it does not exist. No effect on one that does.</summary>
    Create = 1,
}
