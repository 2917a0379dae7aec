using System.Security.Cryptography;
using Npgsql;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.PostgreSql;

namespace ZeroKSync.Tests.Storage.PostgreSql;

/// <summary>On a server of its own, which has to be stopped to be damaged. It has checksums, so a damaged page is an error and not another row.</summary>
public sealed class PostgreSqlPageDamageTests : PageDamageConformance, IAsyncLifetime
{
    private const int PageBytes = 8192;

    // The first leaf of an index is behind its first page, which describes it.
    private const int FirstLeaf = 1;

    private PostgreSqlServer? _server;
    private PostgreSqlStore? _store;

    private string ConnectionString => _server!.ConnectionString("postgres");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        _server = await PostgreSqlServer.StartAsync("autovacuum=off");
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
    }

    // The server chooses the damaged page again and again for the small rows that expiry leaves, until somebody repairs it; a trim needs no room.
    protected override int ExpiredMin(DamagedPlace place) => place == DamagedPlace.Rows ? 1 : base.ExpiredMin(place);

    protected override async Task<IBlobLog> OpenAsync()
    {
        _store = await PostgreSqlFixture.OpenAsync(ConnectionString);
        return new PostgreSqlBlobLog(_store);
    }

    protected override async Task<IBlobLog> ReopenDamagedAsync(DamagedPlace place, byte[] row)
    {
        await _store!.DisposeAsync();
        (string relation, int block) = place switch
        {
            DamagedPlace.Rows => ("entries", await BlockOfAsync(row)),
            DamagedPlace.CursorIndex => ("entries_pkey", FirstLeaf),
            _ => ("entries_by_expiry", FirstLeaf),
        };
        string path = Path.Combine(_server!.Data, await QueryAsync<string>("SELECT pg_relation_filepath($1::regclass)", relation));
        await PostgreSqlFixture.ExecuteAsync(ConnectionString, "CHECKPOINT");
        await _server.CrashAndStartAsync(() =>
        {
            using FileStream file = File.OpenWrite(path);
            file.Position = (long)block * PageBytes;
            file.Write(RandomNumberGenerator.GetBytes(PageBytes));
        });
        return await OpenAsync();
    }

    private Task<int> BlockOfAsync(byte[] envelope) => QueryAsync<int>("SELECT (ctid::text::point)[0]::integer FROM entries WHERE envelope = $1", envelope);

    private async Task<T> QueryAsync<T>(string sql, object value)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Bounded.Token());
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = value } } };
        return (T)(await command.ExecuteScalarAsync(Bounded.Token()))!;
    }
}
