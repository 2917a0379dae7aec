namespace ZeroKSync.Bench.Relay;

/// <summary>Something on this machine that does a relay's work: durable appends to ordered logs, and readers that hear of them.</summary>
internal interface IContestant : IAsyncDisposable
{
    string Name { get; }

    /// <summary>What it runs with, for the reader of the figures.</summary>
    string Settings { get; }

    /// <summary>Processor time that its processes used so far.</summary>
    TimeSpan ProcessorTime { get; }

    /// <summary>Memory that its processes hold, shared pages counted once.</summary>
    long MemoryBytes { get; }

    /// <summary>One client that appends to a log. A log has one of them at a time.</summary>
    Task<IAppender> OpenAppenderAsync(int log, CancellationToken cancellationToken);

    /// <summary>One client that reads what is appended to a log from now on.</summary>
    Task<IFollower> FollowAsync(int log, CancellationToken cancellationToken);

    /// <summary>Reads the last blobs of a log, oldest first; connecting is not counted.</summary>
    Task<CatchUp> CatchUpAsync(int log, int count, CancellationToken cancellationToken);

    /// <summary>Brings a log to so many blobs more, in whatever way is fastest.</summary>
    Task FillAsync(int log, int count, CancellationToken cancellationToken);

    /// <summary>A client that listens to a log and hears nothing.</summary>
    Task<IAsyncDisposable> OpenIdleAsync(int log, CancellationToken cancellationToken);

    /// <summary>Ends it without warning and starts it again.</summary>
    /// <returns>From the start of its process until the last blob of the log was read.</returns>
    Task<TimeSpan> RestartAsync(int log, CancellationToken cancellationToken);
}
