namespace ZeroKSync.Client.Sync;

/// <summary>What the status follows from.</summary>
/// <param name="Phase">Where the connection stands.</param>
/// <param name="Pending">Own blobs that no relay has acknowledged.</param>
/// <param name="IsCaughtUp">Everything up to the relay's head is in the inbox.</param>
/// <param name="Through">How far the relay of this session has nothing new for this device.</param>
/// <param name="Troubled">Rows that are missing or do not open.</param>
/// <param name="HasGaps">A sender's sequence has a hole below a received blob.</param>
/// <param name="Failure">Why the last try or push failed.</param>
/// <param name="ReadFailure">Why nothing more is read in this session.</param>
/// <param name="Behind">Senders of whom another device says it has more than is here.</param>
/// <param name="IsWithheld">One of them has been so for longer than it may, with everything read that the relay shows.</param>
internal readonly record struct StatusFacts(
    ConnectionPhase Phase,
    int Pending,
    bool IsCaughtUp,
    Protocol.Cursor Through,
    int Troubled,
    bool HasGaps,
    SyncErrorKind? Failure,
    SyncErrorKind? ReadFailure = null,
    int Behind = 0,
    bool IsWithheld = false);
