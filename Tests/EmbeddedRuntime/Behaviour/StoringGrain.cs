namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[GrainType("zks.tests.storing")]
public sealed class StoringGrain(
    [PersistentState("text")] IPersistentState<StoredText> state,
    [PersistentState("text")] IPersistentState<StoredText> stale) : Grain, IStoringGrain
{
    private static long _lives;

    private readonly long _life = Interlocked.Increment(ref _lives);

    public Task<string> ReadAsync() => Task.FromResult(state.State.Text);

    public Task<bool> ExistsAsync() => Task.FromResult(state.RecordExists);

    public Task WriteAsync(string text)
    {
        state.State.Text = text;
        return state.WriteStateAsync();
    }

    public Task WriteStaleAsync(string text)
    {
        stale.State.Text = text;
        return stale.WriteStateAsync();
    }

    public Task ClearAsync() => state.ClearStateAsync();

    public Task<long> LifeAsync() => Task.FromResult(_life);

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
