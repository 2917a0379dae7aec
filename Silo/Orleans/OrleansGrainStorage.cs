using System.Text.Json;
using Orleans.Storage;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo;

/// <summary>Puts Orleans' grain states into the relay's own database, as JSON. A write on another etag is the conflict Orleans expects.</summary>
internal sealed class OrleansGrainStorage(IGrainStateStore store) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        StoredGrainState? stored = await store.ReadAsync(Name(stateName, grainId), Key(grainId), CancellationToken.None);
        grainState.RecordExists = stored is not null;
        grainState.ETag = stored?.Etag;
        if (stored is not null)
            grainState.State = JsonSerializer.Deserialize<T>(stored.State.Span) ?? throw new InvalidOperationException("A stored state is null.");
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        grainState.ETag = await store.WriteAsync(Name(stateName, grainId), Key(grainId), grainState.ETag, bytes, CancellationToken.None) ?? throw Conflict();
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!await store.ClearAsync(Name(stateName, grainId), Key(grainId), grainState.ETag, CancellationToken.None))
            throw Conflict();

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static string Name(string stateName, GrainId grainId) => $"{grainId.Type}.{stateName}";

    private static string Key(GrainId grainId) => grainId.Key.ToString() ?? throw new InvalidOperationException("A grain has a key.");

    private static InconsistentStateException Conflict() => new("The stored state has another version.");
}
