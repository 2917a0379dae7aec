using Npgsql;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>A statement with its values in order; prepared by the driver when it comes again.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object? value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });

        return command;
    }

    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using NpgsqlCommand command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>All rows, each by a reading of its columns.</summary>
    public static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, Func<NpgsqlDataReader, T> read, string sql, params object?[] values)
    {
        var rows = new List<T>();
        await using NpgsqlCommand command = Command(connection, sql, values);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(read(reader));

        return rows;
    }

    public static byte[] Bytes(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    public static byte[]? BytesOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}
