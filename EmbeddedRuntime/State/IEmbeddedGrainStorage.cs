namespace ZeroKSync.EmbeddedRuntime;

/// <summary>
/// Where the host keeps grain state. The runtime gives bytes and names the version it knows; the store compares and swaps. Called from
/// grain turns: it must not block the thread. What the world does to it (disk full, store gone) it throws.
/// </summary>
public interface IEmbeddedGrainStorage
{
    /// <summary>The stored state, or null where there is none.</summary>
    Task<EmbeddedGrainRecord?> ReadAsync(EmbeddedStateKey key, CancellationToken cancellationToken);

    /// <summary>Stores durably if the stored version is still <paramref name="knownEtag"/> (null: nothing is stored).</summary>
    /// <returns>The new version, or null when another one is stored; then nothing was written.</returns>
    Task<string?> TryWriteAsync(EmbeddedStateKey key, ReadOnlyMemory<byte> state, string? knownEtag, CancellationToken cancellationToken);

    /// <summary>Removes the state if the stored version is still <paramref name="knownEtag"/> (null: nothing is stored).</summary>
    /// <returns>False when another one is stored; then nothing was removed.</returns>
    Task<bool> TryClearAsync(EmbeddedStateKey key, string? knownEtag, CancellationToken cancellationToken);
}
