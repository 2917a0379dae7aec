using Orleans.Runtime;
using Orleans.Storage;

namespace ZeroKSync.EmbeddedRuntime.State;

/// <summary>One stored state of one activation: its value in memory and the version storage is believed to hold.</summary>
internal sealed class PersistentState<TState>(IEmbeddedGrainStorage storage, EmbeddedStateKey key) : IPersistentState<TState>
{
    public TState State { get; set; } = Activator.CreateInstance<TState>();

    public string? Etag { get; private set; }

    public bool RecordExists => Etag is not null;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        var record = await storage.ReadAsync(key, cancellationToken);
        State = record is null ? Activator.CreateInstance<TState>() : StateJson.Read<TState>(record.State.Span);
        Etag = record?.Etag;
    }

    public async Task WriteStateAsync(CancellationToken cancellationToken) =>
        Etag = await storage.TryWriteAsync(key, StateJson.Write(State), Etag, cancellationToken) ?? throw Conflict();

    public async Task ClearStateAsync(CancellationToken cancellationToken)
    {
        if (!await storage.TryClearAsync(key, Etag, cancellationToken))
            throw Conflict();

        Etag = null;
        State = Activator.CreateInstance<TState>();
    }

    private InconsistentStateException Conflict() =>
        new($"The stored state of {key} is another one than this activation knows.", "", Etag ?? "");
}
