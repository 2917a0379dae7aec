using Npgsql;

namespace ZeroKSync.Bench.Relay;

/// <summary>LISTEN, and a SELECT when something is heard.</summary>
internal sealed class PostgresFollower(NpgsqlConnection connection, int log, long head) : IFollower
{
    private long _last = head;
    private int _unread;

    /// <summary>Rows after a cursor, in order.</summary>
    public static NpgsqlCommand Read(NpgsqlConnection connection, int log, long after, int count)
    {
        var command = new NpgsqlCommand("SELECT cursor, body FROM blobs WHERE log = $1 AND cursor > $2 ORDER BY cursor LIMIT $3", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = log });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        return command;
    }

    public async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        while (_unread == 0)
        {
            await connection.WaitAsync(cancellationToken);
            await using NpgsqlCommand command = Read(connection, log, _last, 100);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                _last = reader.GetInt64(0);
                reader.GetFieldValue<byte[]>(1);
                _unread++;
            }
        }

        _unread--;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
