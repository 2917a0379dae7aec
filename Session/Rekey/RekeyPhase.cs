namespace ZeroKSync.Session;

/// <summary>Where an end stands between two epochs.</summary>
public enum RekeyPhase
{
    /// <summary>No rekey.</summary>
    Idle,

    /// <summary>The relay has asked, in this epoch; the client has not begun.</summary>
    Asked,

    /// <summary>The client has begun unasked; the relay's wish may still be under way to it.</summary>
    AwaitingSecond,

    /// <summary>The client has begun, and the relay has asked.</summary>
    AwaitingSecondAsked,

    /// <summary>The relay has answered.</summary>
    AwaitingThird,

    /// <summary>The client has the new keys, and waits for the relay's first frame under them.</summary>
    AwaitingConfirmation,

    /// <summary>The peer broke the exchange.</summary>
    Broken,
}
