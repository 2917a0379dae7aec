namespace ZeroKSync.Gateway.Sessions;

/// <summary>Why the relay gave a peer's stream up.</summary>
public enum StreamAbort
{
    /// <summary>The peer was waited for too long.</summary>
    Late,

    /// <summary>As many long frames as a session may have unfinished are so already.</summary>
    Busy,

    /// <summary>A newer push stream or subscription of the same session took its place.</summary>
    Replaced,

    /// <summary>Nothing is defined for it: a client's one-way stream.</summary>
    Unwanted,

    /// <summary>Its number was used before in this session, or is too far back to tell.</summary>
    Repeated,
}
