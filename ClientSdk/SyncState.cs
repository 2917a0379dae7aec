namespace ZeroKSync.Client;

/// <summary>How this device stands to its relay.</summary>
public enum SyncState
{
    /// <summary>Not connected and not trying: pushes stay in the local outbox.</summary>
    Offline,

    /// <summary>Trying to connect, or waiting for the next try.</summary>
    Connecting,

    /// <summary>A session is open; what is still missing is not known yet.</summary>
    Connected,

    /// <summary>Proven: outbox empty, position at the relay's head, every sender's sequence without a gap.</summary>
    Synced,

    /// <summary>Connected, with work left.</summary>
    PendingSync,

    /// <summary>Something stands in the way; <see cref="SyncStatus.Failure"/> says what.</summary>
    SyncFailed,
}
