using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo;

/// <summary>Puts the embedded runtime's states into the relay's own database.</summary>
internal sealed class EmbeddedGrainStorage(IGrainStateStore store) : IEmbeddedGrainStorage
{
    public async Task<EmbeddedGrainRecord?> ReadAsync(EmbeddedStateKey key, CancellationToken cancellationToken)
    {
        StoredGrainState? stored = await store.ReadAsync(Name(key), key.GrainKey, cancellationToken);
        return stored is null ? null : new EmbeddedGrainRecord(stored.State, stored.Etag);
    }

    public Task<string?> TryWriteAsync(EmbeddedStateKey key, ReadOnlyMemory<byte> state, string? knownEtag, CancellationToken cancellationToken) =>
        store.WriteAsync(Name(key), key.GrainKey, knownEtag, state, cancellationToken);

    public Task<bool> TryClearAsync(EmbeddedStateKey key, string? knownEtag, CancellationToken cancellationToken) =>
        store.ClearAsync(Name(key), key.GrainKey, knownEtag, cancellationToken);

    private static string Name(EmbeddedStateKey key) => $"{key.GrainType}.{key.StateName}";
}
