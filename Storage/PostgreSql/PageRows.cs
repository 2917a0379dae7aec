using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements that read the log. What is damaged is told as corrupt, one row at a time; what is beside it is served.</summary>
internal static class PageRows
{
    // The group's numbers and its rows in one statement, so that both are of one moment. The server cuts by bytes too: not a row more than one
    // beyond the page, and not endlessly many of the reader's own, goes over the connection.
    private const string Select =
        $"""
        SELECT g.id, g.oldest_cursor, g.head_cursor, {RowReader.Whole} FROM groups g LEFT JOIN LATERAL (
            SELECT c.* FROM (
                SELECT r.*, sum(CASE WHEN r.sender = $4 AND r.state <> 3 THEN 0 ELSE r.size + 112 END) OVER w - CASE WHEN r.sender = $4 AND r.state <> 3 THEN 0 ELSE r.size + 112 END AS page_before,
                    sum(r.size) OVER w - r.size AS all_before
                FROM (SELECT * FROM entries WHERE group_ref = g.id AND cursor > $2 ORDER BY cursor LIMIT $3) r
                WINDOW w AS (ORDER BY r.cursor)
            ) c WHERE c.page_before < $5 AND c.all_before < $5 * 4::bigint
        ) e ON true WHERE g.group_id = $1 ORDER BY e.cursor
        """;

    private const string SelectOne = $"SELECT {RowReader.Whole} FROM entries e WHERE e.group_ref = $1 AND e.cursor = $2";
    private const int RowAt = 3;

    /// <param name="connection">Without a transaction.</param>
    /// <param name="query">What to read.</param>
    /// <param name="corrupt">Gets the rows that do not match their checksum.</param>
    public static async Task<LogPage?> ReadAsync(NpgsqlConnection connection, LogQuery query, List<(long Group, ulong Cursor)> corrupt)
    {
        // Rarely needed, and then before the rows are told.
        LostRows? lost = null;
        while (true)
        {
            try
            {
                return await ReadAtOnceAsync(connection, query, lost, corrupt);
            }
            catch (LostException)
            {
                lost = await LostRows.ReadAsync(connection, query.Group);
            }
            catch (Exception exception) when (Failures.IsDamage(exception))
            {
                return await ReadOneByOneAsync(connection, query, corrupt);
            }
        }
    }

    public static async Task<PageEntry?> FindAsync(NpgsqlConnection connection, GroupId group, Cursor cursor, ulong nowMs)
    {
        if (await GroupRow.FindAsync(connection, group) is not { } row || (long)cursor.Value < row.Oldest || cursor.Value > (ulong)row.Head)
            return null;

        var query = new LogQuery { Group = group, After = new Cursor(cursor.Value - 1), CountMax = 1, BytesMax = int.MaxValue, NowMs = nowMs };
        LostRows? lost = null;
        while (true)
        {
            try
            {
                var page = new PageBuilder(query, cursor.Value, cursor.Value, wanted => (lost ?? throw new LostException()).Describe(wanted));
                await ReadOneAsync(connection, row.Id, page);
                return page.ToPage().Entries[0] with { Envelope = null };
            }
            catch (LostException)
            {
                lost = await LostRows.ReadAsync(connection, group);
            }
        }
    }

    private static async Task<LogPage?> ReadAtOnceAsync(NpgsqlConnection connection, LogQuery query, LostRows? lost, List<(long, ulong)> corrupt)
    {
        await using NpgsqlCommand command = Sql.Command(
            connection,
            Select,
            query.Group.ToArray(),
            (long)Math.Min(query.After.Value, long.MaxValue),
            (long)PageBuilder.RowsMax(query),
            query.Except?.ToArray() ?? [],
            (long)query.BytesMax);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        PageBuilder? page = null;
        long group = 0;
        var cut = new ServerCut(query);
        while (page is not { IsDone: true } && await reader.ReadAsync())
        {
            group = reader.GetInt64(0);
            page ??= new PageBuilder(query, (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2), cursor => (lost ?? throw new LostException()).Describe(cursor));
            if (reader.IsDBNull(RowAt))
                break;

            cut.Add(RowReader.ReadHeader(reader, RowAt), reader.GetInt32(RowAt + RowReader.SizeColumn));
            if (!page.Take(RowReader.ReadHeader(reader, RowAt), RowReader.Checksum(reader, RowAt), RowReader.Envelope(reader, RowAt), RowReader.Proof(reader, RowAt)))
                break;
        }

        if (page is null)
            return null;

        if (!cut.IsReached)
            page.Skip(ulong.MaxValue);

        corrupt.AddRange(page.Corrupt.Select(cursor => (group, cursor)));
        return page.ToPage();
    }

    private static async Task<LogPage?> ReadOneByOneAsync(NpgsqlConnection connection, LogQuery query, List<(long, ulong)> corrupt)
    {
        LostRows lost = await LostRows.ReadAsync(connection, query.Group);
        GroupRow? group = await GroupRow.FindAsync(connection, query.Group);
        while (group is not null)
        {
            var page = new PageBuilder(query, (ulong)group.Oldest, (ulong)group.Head, lost.Describe);
            while (!page.IsDone)
                await ReadOneAsync(connection, group.Id, page);

            // Each row is of a moment of its own: what was trimmed meanwhile is not lost.
            GroupRow? after = await GroupRow.FindAsync(connection, query.Group);
            if (after?.Oldest == group.Oldest)
            {
                corrupt.AddRange(page.Corrupt.Select(cursor => (group.Id, cursor)));
                return page.ToPage();
            }

            group = after;
        }

        return null;
    }

    private static async Task ReadOneAsync(NpgsqlConnection connection, long group, PageBuilder page)
    {
        ulong next = page.Passed + 1;
        try
        {
            await using NpgsqlCommand command = Sql.Command(connection, SelectOne, group, (long)next);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            if (await reader.ReadAsync())
            {
                page.Take(RowReader.ReadHeader(reader), RowReader.Checksum(reader), RowReader.Envelope(reader), RowReader.Proof(reader));
                return;
            }
        }
        catch (Exception exception) when (Failures.IsDamage(exception))
        {
            // It is told as lost, as a row that is not there.
        }

        page.Skip(next + 1);
    }

    /// <summary>Whether the server may have left rows out at the end, by the bounds of the statement: else what did not come is lost.</summary>
    private sealed class ServerCut(LogQuery query)
    {
        private long _rows;
        private long _pageBytes;
        private long _allBytes;

        public bool IsReached => _rows >= PageBuilder.RowsMax(query) || _pageBytes >= query.BytesMax || _allBytes >= query.BytesMax * 4L;

        public void Add(in LogRow row, int size)
        {
            _rows++;
            _allBytes += size;
            _pageBytes += row.Sender == query.Except && row.State != EntryState.Corrupt ? 0 : size + PageBuilder.EntryBytesMax;
        }
    }

    /// <summary>A row did not come, and what the rings know has not been read yet.</summary>
    private sealed class LostException : Exception;
}
