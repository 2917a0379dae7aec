namespace ZeroKSync.Client.Sync;

/// <summary>Where the connection to one relay stands.</summary>
internal enum ConnectionPhase
{
    /// <summary>Nobody wants a connection.</summary>
    Idle,

    /// <summary>A try is under way.</summary>
    Connecting,

    /// <summary>WELCOME was received.</summary>
    Active,

    /// <summary>The next try has a time.</summary>
    Waiting,

    /// <summary>Trying again would not help: only the app can ask anew.</summary>
    Stopped,
}
