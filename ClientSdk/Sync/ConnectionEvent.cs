namespace ZeroKSync.Client.Sync;

/// <summary>What happened to a connection.</summary>
/// <param name="Kind">Which of the columns of the table.</param>
/// <param name="Failure">For <see cref="ConnectionEventKind.Failed"/>: why.</param>
/// <param name="IsTransient">For <see cref="ConnectionEventKind.Failed"/>: whether another try may succeed by itself.</param>
/// <param name="RetryAfter">For <see cref="ConnectionEventKind.Failed"/>: the relay's wish.</param>
/// <param name="Jitter">For <see cref="ConnectionEventKind.Failed"/>: uniform in [0, 1).</param>
internal readonly record struct ConnectionEvent(
    ConnectionEventKind Kind,
    SyncErrorKind? Failure = null,
    bool IsTransient = false,
    TimeSpan? RetryAfter = null,
    double Jitter = 0)
{
    public static ConnectionEvent Wanted => new(ConnectionEventKind.Wanted);

    public static ConnectionEvent Unwanted => new(ConnectionEventKind.Unwanted);

    public static ConnectionEvent Opened => new(ConnectionEventKind.Opened);

    public static ConnectionEvent RetryDue => new(ConnectionEventKind.RetryDue);

    public static ConnectionEvent Failed(SyncErrorKind failure, bool isTransient, TimeSpan? retryAfter, double jitter) =>
        new(ConnectionEventKind.Failed, failure, isTransient, retryAfter, jitter);
}
