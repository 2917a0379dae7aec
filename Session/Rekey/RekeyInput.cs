namespace ZeroKSync.Session;

/// <summary>What can happen to a rekey.</summary>
public enum RekeyInput
{
    /// <summary>The client's rules want new keys.</summary>
    Start,

    /// <summary>The relay's rules want new keys.</summary>
    Ask,

    /// <summary>An empty REKEY under the current epoch.</summary>
    Empty,

    /// <summary>An empty REKEY that is the session stream's first frame of the staged epoch.</summary>
    Confirmation,

    /// <summary>A REKEY with the first handshake message's length, under the current epoch.</summary>
    First,

    /// <summary>A REKEY with the second's.</summary>
    Second,

    /// <summary>A REKEY with the third's.</summary>
    Third,

    /// <summary>Any other REKEY, and on the client any message under the staged epoch before the confirmation.</summary>
    Other,
}
