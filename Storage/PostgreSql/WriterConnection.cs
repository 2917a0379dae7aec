using Npgsql;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The one connection of a writing loop, made when it is needed and again when it broke.</summary>
internal sealed class WriterConnection(NpgsqlDataSource source) : IAsyncDisposable
{
    // Planning costs more than running, so it is done once; and then not by the size that the tables happen to have: by their indexes.
    private const string Settings =
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

    private NpgsqlConnection? _connection;

    /// <summary>
    /// Commits the writes and returns their results. A connection that breaks says nothing of its last transaction, so it is sent once more on a
    /// new one: what was committed after all is fenced by it, and whoever asked looks again and finds it.
    /// </summary>
    public async Task<LogWriteResult?[]> RunAsync(List<PendingWrite> batch)
    {
        if (_connection is not null)
        {
            try
            {
                return await WriteBatch.RunAsync(_connection, batch, CancellationToken.None);
            }
            catch (Exception exception) when (Failures.IsBroken(exception))
            {
                await CloseAsync();
            }
        }

        try
        {
            _connection = await ConnectAsync();
            return await WriteBatch.RunAsync(_connection, batch, CancellationToken.None);
        }
        catch (Exception exception) when (Failures.IsBroken(exception))
        {
            await CloseAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Settings, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
