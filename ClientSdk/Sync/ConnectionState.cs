namespace ZeroKSync.Client.Sync;

/// <summary>What <see cref="ConnectionMachine"/> knows.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Failures">Tries that failed since the last session.</param>
/// <param name="RetryAt">When the next try is due; only in <see cref="ConnectionPhase.Waiting"/>.</param>
/// <param name="Failure">The last failure, until the next session.</param>
internal readonly record struct ConnectionState(ConnectionPhase Phase, int Failures, DateTimeOffset? RetryAt, SyncErrorKind? Failure)
{
    public static ConnectionState Initial => new(ConnectionPhase.Idle, 0, null, null);
}
