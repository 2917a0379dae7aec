namespace ZeroKSync.Bench.Relay;

/// <summary>A client that is told of each new blob of one log and reads it.</summary>
internal interface IFollower : IAsyncDisposable
{
    /// <summary>Completes when the next blob is in this client's memory.</summary>
    Task ReadNextAsync(CancellationToken cancellationToken);
}
