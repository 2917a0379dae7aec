using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.PostgreSql;

namespace ZeroKSync.Tests.Storage.PostgreSql;

public sealed class PostgreSqlConformanceTests(PostgreSqlDatabase database) : BlobLogConformance, IClassFixture<PostgreSqlDatabase>, IAsyncLifetime
{
    private PostgreSqlStore? _store;

    protected override IBlobLog Log => new PostgreSqlBlobLog(_store!);

    protected override IGrainStateStore States => new PostgreSqlGrainStateStore(_store!);

    public async ValueTask InitializeAsync()
    {
        _store = await PostgreSqlFixture.OpenAsync(database.ConnectionString);
        await database.EmptyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    protected override string Zeros(int count) => $"decode(repeat('00', {count}), 'hex')";

    protected override async Task ChangeAsync(string sql) => Assert.NotEqual(0, await PostgreSqlFixture.ExecuteAsync(database.ConnectionString, sql));
}
