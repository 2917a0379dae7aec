using Npgsql;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.PostgreSql;
using ZeroKSync.Tests.Storage.PostgreSql;

[assembly: AssemblyFixture(typeof(PostgreSqlFixture))]

namespace ZeroKSync.Tests.Storage.PostgreSql;

/// <summary>One server for all tests, started by the first that needs it; a database for each that asks.</summary>
public sealed class PostgreSqlFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgreSqlServer>> _server = new(() => PostgreSqlServer.StartAsync());
    private int _databases;

    public async Task<PostgreSqlServer> ServerAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        return await _server.Value;
    }

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        PostgreSqlServer server = await ServerAsync();
        string name = $"zks{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(server.ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return server.ConnectionString(name);
    }

    public static async Task<int> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Bounded.Token());
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Bounded.Token());
    }

    public static Task<PostgreSqlStore> OpenAsync(string connectionString) =>
        PostgreSqlStore.OpenAsync(new PostgreSqlStoreOptions { ConnectionString = connectionString }, TestClock.System, Bounded.Token());

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
