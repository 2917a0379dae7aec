using Npgsql;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>Finds rows whose time is over.</summary>
internal static class DueRows
{
    // Envelope bytes freed in one transaction: a few blobs of the largest size are work enough.
    private const long BytesMax = 4 << 20;

    private const string Select = "SELECT group_ref, cursor, size FROM entries WHERE state = 0 AND expires_ms <= $1 ORDER BY expires_ms LIMIT $2";
    private const string SelectReadable = "SELECT due_group, due_cursor, due_size FROM zks_due($1, $2)";

    /// <summary>Rows that are due, the longest due first.</summary>
    /// <param name="connection">Without a transaction.</param>
    /// <param name="nowMs">Relay time.</param>
    /// <param name="rowsMax">At most so many.</param>
    /// <param name="stuck">Rows to leave alone.</param>
    /// <param name="isCareful">Whether to go around what cannot be read.</param>
    public static async Task<List<(long Group, long Cursor)>> LookAsync(
        NpgsqlConnection connection, ulong nowMs, int rowsMax, StuckRows<(long Group, long Cursor)> stuck, bool isCareful)
    {
        List<(long Group, long Cursor, int Size)> due = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)),
            isCareful ? SelectReadable : Select,
            (long)Math.Min(nowMs, long.MaxValue),
            (long)rowsMax + stuck.Count);
        long bytes = 0;
        return
        [
            .. due.Where(row => !stuck.Has((row.Group, row.Cursor))).Take(rowsMax)
                .TakeWhile(row => (bytes += row.Size) - row.Size < BytesMax).Select(row => (row.Group, row.Cursor)),
        ];
    }
}
