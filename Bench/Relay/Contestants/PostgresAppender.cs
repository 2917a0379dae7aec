using Npgsql;

namespace ZeroKSync.Bench.Relay;

/// <summary>A connection for each append in flight, each with its prepared statement.</summary>
internal sealed class PostgresAppender(NpgsqlDataSource source, string statement, int log) : IAppender
{
    public Task RunAsync(AppendRun run, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, run.InFlight).Select(_ => RunOneAsync(run, cancellationToken)));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task RunOneAsync(AppendRun run, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = log });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Payload.Body });
        await command.PrepareAsync(cancellationToken);
        while (run.TryBegin(out long now))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            run.End(now);
        }
    }
}
