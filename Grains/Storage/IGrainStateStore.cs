namespace ZeroKSync.Grains.Storage;

/// <summary>Small cold state of grains, by name and key. A write or a clear names the etag it was decided on.</summary>
public interface IGrainStateStore
{
    /// <summary>The state, or null.</summary>
    Task<StoredGrainState?> ReadAsync(string name, string key, CancellationToken cancellationToken);

    /// <summary>Writes durably and returns the new etag; null means another etag was found and nothing happened.</summary>
    /// <param name="etag">What was read; null where there was nothing.</param>
    Task<string?> WriteAsync(string name, string key, string? etag, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>Removes durably; false means another etag was found and nothing happened.</summary>
    /// <param name="etag">What was read; null where there was nothing, and then nothing has to be there still.</param>
    Task<bool> ClearAsync(string name, string key, string? etag, CancellationToken cancellationToken);
}
