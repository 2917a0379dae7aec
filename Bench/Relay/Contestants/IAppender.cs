namespace ZeroKSync.Bench.Relay;

/// <summary>A client that appends to one log.</summary>
internal interface IAppender : IAsyncDisposable
{
    /// <summary>Keeps the run's number of appends outstanding until it is over, and waits for the last answers.</summary>
    Task RunAsync(AppendRun run, CancellationToken cancellationToken);
}
