using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Storage;

public sealed class SqliteGrainStateStoreTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;
    private readonly SqliteGrainStateStore _states;

    public SqliteGrainStateStoreTests()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        _states = new SqliteGrainStateStore(_store);
    }

    private static CancellationToken Token => Bounded.Token();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task WriteAsync_ThenRead_GivesTheStateAndItsEtag()
    {
        Assert.Null(await _states.ReadAsync("n", "k", Token));
        string? etag = await _states.WriteAsync("n", "k", null, new byte[] { 1 }, Token);

        StoredGrainState? stored = await _states.ReadAsync("n", "k", Token);

        Assert.Equal(etag, stored?.Etag);
        Assert.Equal([1], stored?.State.ToArray());
        Assert.Null(await _states.ReadAsync("n", "other", Token));
    }

    [Fact]
    public async Task WriteAsync_OtherEtag_ChangesNothing()
    {
        string? first = await _states.WriteAsync("n", "k", null, new byte[] { 1 }, Token);
        string? second = await _states.WriteAsync("n", "k", first, new byte[] { 2 }, Token);
        Assert.NotEqual(first, second);

        Assert.Null(await _states.WriteAsync("n", "k", first, new byte[] { 3 }, Token));
        Assert.Null(await _states.WriteAsync("n", "k", null, new byte[] { 3 }, Token));

        Assert.Equal([2], (await _states.ReadAsync("n", "k", Token))?.State.ToArray());
    }

    [Fact]
    public async Task ClearAsync_OnlyWithWhatWasRead()
    {
        Assert.True(await _states.ClearAsync("n", "k", null, Token));
        string? etag = await _states.WriteAsync("n", "k", null, new byte[] { 1 }, Token);

        Assert.False(await _states.ClearAsync("n", "k", null, Token));
        Assert.False(await _states.ClearAsync("n", "k", etag + "0", Token));
        Assert.True(await _states.ClearAsync("n", "k", etag, Token));
        Assert.Null(await _states.ReadAsync("n", "k", Token));
    }
}
