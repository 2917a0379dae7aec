using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Storage.Sqlite;

public sealed class SqliteConformanceTests : BlobLogConformance, IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;

    public SqliteConformanceTests()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        Log = new SqliteBlobLog(_store);
        States = new SqliteGrainStateStore(_store);
    }

    protected override IBlobLog Log { get; }

    protected override IGrainStateStore States { get; }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    protected override string Zeros(int count) => $"zeroblob({count})";

    protected override async Task ChangeAsync(string sql)
    {
        // What was appended last has to be in its place.
        await _store.SettleAsync(Bounded.Token());
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory.Path, SqliteStore.FileName)};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }
}
