using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace ZeroKSync.Bench.Relay;

/// <summary>
/// PostgreSQL as an app would use it without a relay: head, row and NOTIFY in one transaction, which is one statement and so one round trip; a
/// connection for each append in flight.
/// </summary>
internal sealed class PostgresContestant : IContestant
{
    private const int ConnectionsMax = 300;
    private const int PageEntries = 1000;

    private const string Schema =
        """
        CREATE TABLE heads (log int PRIMARY KEY, head bigint NOT NULL);
        CREATE TABLE blobs (log int NOT NULL, cursor bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (log, cursor));
        """;

    private const string Append =
        """
        WITH moved AS (INSERT INTO heads VALUES ($1, 1) ON CONFLICT (log) DO UPDATE SET head = heads.head + 1 RETURNING head),
             stored AS (INSERT INTO blobs SELECT $1, head, $2 FROM moved)
        SELECT pg_notify('log' || $1, '')
        """;

    private const string Fill =
        """
        WITH moved AS (INSERT INTO heads VALUES ($1, $3) ON CONFLICT (log) DO UPDATE SET head = heads.head + $3 RETURNING head)
        INSERT INTO blobs SELECT $1, moved.head - $3 + n, $2 FROM moved, generate_series(1, $3) n
        """;

    private readonly PostgresServer _server;
    private NpgsqlDataSource _source;

    private PostgresContestant(PostgresServer server, NpgsqlDataSource source)
    {
        _server = server;
        _source = source;
    }

    public string Name => "postgres";

    public string Settings => $"TCP on loopback, {string.Join(' ', PostgresServer.Settings)}, Npgsql with a connection for each append in flight";

    public TimeSpan ProcessorTime => ProcessTree.ProcessorTime(_server.Id);

    public long MemoryBytes => ProcessTree.MemoryBytes(_server.Id);

    public static async Task<PostgresContestant> StartAsync(string folder, CancellationToken cancellationToken)
    {
        PostgresServer server = await PostgresServer.StartAsync(folder, cancellationToken);
        var contestant = new PostgresContestant(server, Connect(server));
        await using NpgsqlCommand command = contestant._source.CreateCommand(Schema);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return contestant;
    }

    public Task<IAppender> OpenAppenderAsync(int log, CancellationToken cancellationToken) => Task.FromResult<IAppender>(new PostgresAppender(_source, Append, log));

    public async Task<IFollower> FollowAsync(int log, CancellationToken cancellationToken)
    {
        NpgsqlConnection listening = await _source.OpenConnectionAsync(cancellationToken);
        await using var listen = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"LISTEN log{log}"), listening);
        await listen.ExecuteNonQueryAsync(cancellationToken);
        return new PostgresFollower(listening, log, await HeadAsync(log, cancellationToken));
    }

    public async Task<CatchUp> CatchUpAsync(int log, int count, CancellationToken cancellationToken)
    {
        long head = await HeadAsync(log, cancellationToken);
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
        int blobs = 0;
        long bytes = 0;
        var watch = Stopwatch.StartNew();
        for (long after = head - count; after < head;)
        {
            await using NpgsqlCommand command = PostgresFollower.Read(connection, log, after, PageEntries);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                after = reader.GetInt64(0);
                bytes += reader.GetFieldValue<byte[]>(1).Length;
                blobs++;
            }
        }

        return new CatchUp(blobs, bytes, watch.Elapsed);
    }

    public async Task FillAsync(int log, int count, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = _source.CreateCommand(Fill);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = log });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Payload.Body });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IAsyncDisposable> OpenIdleAsync(int log, CancellationToken cancellationToken) => await FollowAsync(log, cancellationToken);

    public async Task<TimeSpan> RestartAsync(int log, CancellationToken cancellationToken)
    {
        await _source.DisposeAsync();
        await _server.EndAsync();
        var watch = Stopwatch.StartNew();
        await _server.RestartAsync(cancellationToken);
        _source = Connect(_server);
        await using NpgsqlCommand command = _source.CreateCommand("SELECT body FROM blobs WHERE log = $1 ORDER BY cursor DESC LIMIT 1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = log });
        await command.ExecuteScalarAsync(cancellationToken);
        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static NpgsqlDataSource Connect(PostgresServer server) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Username = PostgresServer.User,
        Database = "postgres",
        MaxPoolSize = ConnectionsMax,
        MaxAutoPrepare = 16,
        AutoPrepareMinUsages = 1,
        NoResetOnClose = true,
    }.ToString());

    private async Task<long> HeadAsync(int log, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = _source.CreateCommand("SELECT head FROM heads WHERE log = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = log });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }
}
