namespace ZeroKSync.Session;

/// <summary>What <see cref="RekeyRules"/> wants of an end of a session.</summary>
public enum RekeyDecision
{
    /// <summary>Go on.</summary>
    Nothing,

    /// <summary>The client starts a rekey.</summary>
    Start,

    /// <summary>The relay asks for one.</summary>
    Ask,

    /// <summary>The client ends the session and opens another: no epoch is left.</summary>
    Reopen,

    /// <summary>The keys have done too much: the connection ends with code 7.</summary>
    End,
}
