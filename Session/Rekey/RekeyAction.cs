namespace ZeroKSync.Session;

/// <summary>What an end does about a <see cref="RekeyInput"/>.</summary>
public enum RekeyAction
{
    Nothing,

    /// <summary>Sends the first handshake message.</summary>
    SendFirst,

    /// <summary>Sends an empty REKEY under the current epoch.</summary>
    SendAsk,

    /// <summary>Reads the first and sends the second.</summary>
    SendSecond,

    /// <summary>Reads the second, stages the new keys and sends the third.</summary>
    SendThird,

    /// <summary>Reads the third, switches to the new keys and sends an empty REKEY under them.</summary>
    Confirm,

    /// <summary>Switches to the new keys.</summary>
    Switch,

    /// <summary>Ends the connection with code 1.</summary>
    Break,
}
