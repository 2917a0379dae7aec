using Npgsql;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The changing numbers of a group's row inside a transaction that has locked it: whoever changes a row of the log has it first.</summary>
internal sealed class GroupRow
{
    private const string Columns = "id, version, oldest_cursor, head_cursor, bytes_used";

    private readonly long _readVersion;
    private readonly long _readOldest;
    private readonly long _readBytes;

    private GroupRow(NpgsqlDataReader reader)
    {
        Id = reader.GetInt64(0);
        _readVersion = reader.GetInt64(1);
        Oldest = _readOldest = reader.GetInt64(2);
        Head = reader.GetInt64(3);
        BytesUsed = _readBytes = reader.GetInt64(4);
    }

    public long Id { get; }

    public long Version => _readVersion;

    public long Oldest { get; set; }

    public long Head { get; }

    public long BytesUsed { get; set; }

    /// <summary>The locked row if it has this version; null is the fence.</summary>
    public static async Task<GroupRow?> FencedAsync(NpgsqlConnection connection, GroupId group, long expectedVersion)
    {
        List<GroupRow> rows = await Sql.QueryAsync(connection, reader => new GroupRow(reader), $"SELECT {Columns} FROM groups WHERE group_id = $1 AND version = $2 FOR UPDATE", group.ToArray(), expectedVersion);
        return rows.Count == 1 ? rows[0] : null;
    }

    /// <summary>The locked rows that are there, in the order in which everybody locks them.</summary>
    public static Task<List<GroupRow>> LockAsync(NpgsqlConnection connection, IEnumerable<long> ids) =>
        Sql.QueryAsync(connection, reader => new GroupRow(reader), $"SELECT {Columns} FROM groups WHERE id = ANY ($1) ORDER BY id FOR UPDATE", ids.Distinct().ToArray());

    public static async Task<GroupRow?> FindAsync(NpgsqlConnection connection, GroupId group)
    {
        List<GroupRow> rows = await Sql.QueryAsync(connection, reader => new GroupRow(reader), $"SELECT {Columns} FROM groups WHERE group_id = $1", group.ToArray());
        return rows.Count == 1 ? rows[0] : null;
    }

    /// <summary>Writes the numbers under the next version, and the store's totals.</summary>
    public async Task<LogWritten> SaveAsync(NpgsqlConnection connection, long corrupt = 0)
    {
        long version = _readVersion + 1;
        await Sql.ExecuteAsync(connection, "UPDATE groups SET version = $1, oldest_cursor = $2, bytes_used = $3 WHERE id = $4", version, Oldest, BytesUsed, Id);
        (long rows, long bytes) = (_readOldest - Oldest, BytesUsed - _readBytes);
        if ((rows | bytes | corrupt) != 0)
            await AddTotalsAsync(connection, 0, rows, bytes, corrupt);

        if (corrupt > 0)
            StorageMetrics.CorruptRows.Add(corrupt);

        return new LogWritten(version, new Cursor((ulong)Oldest), new Cursor((ulong)Head), BytesUsed);
    }

    public static Task<int> AddTotalsAsync(NpgsqlConnection connection, long groups, long rows, long bytes, long corrupt) => Sql.ExecuteAsync(
        connection,
        "UPDATE totals SET groups = groups + $1, rows = rows + $2, bytes = bytes + $3, corrupt_rows = corrupt_rows + $4 WHERE slot = pg_backend_pid() % 64",
        groups,
        rows,
        bytes,
        corrupt);
}
