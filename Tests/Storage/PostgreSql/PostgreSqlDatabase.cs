namespace ZeroKSync.Tests.Storage.PostgreSql;

/// <summary>One database for a test class, emptied before each test.</summary>
public sealed class PostgreSqlDatabase(PostgreSqlFixture fixture) : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync() => ConnectionString = await fixture.CreateDatabaseAsync();

    public Task EmptyAsync() => PostgreSqlFixture.ExecuteAsync(
        ConnectionString,
        """
        TRUNCATE groups, devices, ring_segments, rotations, wraps, entries, audit, grain_states;
        UPDATE totals SET groups = 0, rows = 0, bytes = 0, corrupt_rows = 0;
        """);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
