using Npgsql;
using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements of expiry. What was found due is looked at again once its group is locked.</summary>
internal static class ExpireRows
{
    private const string Select =
        $"""
        SELECT {RowReader.Header} FROM unnest($1::bigint[], $2::bigint[]) AS x (group_ref, cursor) JOIN entries e ON e.group_ref = x.group_ref AND e.cursor = x.cursor
        WHERE e.state = 0 AND e.expires_ms <= $3
        """;

    private const string SelectReadable =
        $"""
        SELECT {RowReader.Header} FROM unnest($1::bigint[], $2::bigint[]) AS x (group_ref, cursor) CROSS JOIN LATERAL zks_readable(x.group_ref, x.cursor, x.cursor) e
        WHERE e.state = 0 AND e.expires_ms <= $3
        """;

    private const string Update =
        """
        UPDATE entries e SET state = 2, state_ms = $1, size = 0, checksum = x.checksum, proof = NULL, envelope = NULL
        FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS x (group_ref, cursor, checksum) WHERE e.group_ref = x.group_ref AND e.cursor = x.cursor
        RETURNING e.group_ref, e.cursor
        """;

    private const string UpdateSingly =
        """
        SELECT x.group_ref, x.cursor FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS x (group_ref, cursor, checksum)
        WHERE zks_expire(x.group_ref, x.cursor, $1, x.checksum)
        """;

    /// <summary>Frees rows; returns how many. Those that cannot be changed are noted as stuck.</summary>
    public static async Task<int> ExpireAsync(
        NpgsqlConnection connection, List<(long Group, long Cursor)> due, ulong nowMs, StuckRows<(long Group, long Cursor)> stuck, bool isCareful)
    {
        Dictionary<long, GroupRow> locked = (await GroupRow.LockAsync(connection, due.Select(row => row.Group))).ToDictionary(group => group.Id);
        // Below the oldest is what was trimmed, and left in the table because it could not be deleted.
        (long Group, long Cursor)[] rows = [.. due.Where(row => locked.TryGetValue(row.Group, out GroupRow? group) && row.Cursor >= group.Oldest)];
        Dictionary<(long Group, long Cursor), (LogRow Row, int Size)> found = (await Sql.QueryAsync(
            connection,
            reader => (Row: RowReader.ReadHeader(reader), Size: reader.GetInt32(RowReader.SizeColumn)),
            isCareful ? SelectReadable : Select,
            rows.Select(row => row.Group).ToArray(),
            rows.Select(row => row.Cursor).ToArray(),
            (long)Math.Min(nowMs, long.MaxValue))).ToDictionary(row => (row.Row.GroupRef, (long)row.Row.Cursor));
        LogRow[] expired = [.. found.Values.Select(row => row.Row with { State = EntryState.Expired, StateMs = nowMs })];
        List<(long Group, long Cursor)> freed = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), reader.GetInt64(1)),
            isCareful ? UpdateSingly : Update,
            (long)Math.Min(nowMs, long.MaxValue),
            expired.Select(row => row.GroupRef).ToArray(),
            expired.Select(row => (long)row.Cursor).ToArray(),
            expired.Select(row => LogRow.Checksum(row, [])).ToArray());
        foreach (IGrouping<long, (long Group, long Cursor)> group in freed.GroupBy(row => row.Group))
        {
            locked[group.Key].BytesUsed -= group.Sum(row => (long)found[row].Size);
            await locked[group.Key].SaveAsync(connection);
        }

        foreach ((long, long) row in due.Except(freed))
            stuck.TryNote(row);

        return freed.Count;
    }
}
