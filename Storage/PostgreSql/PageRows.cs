using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements that read the log. What is damaged is told as corrupt, one row at a time; what is beside it is served.</summary>
internal static class PageRows
{
    // The group's numbers and its rows in one statement, so that both are of one moment. The server cuts by count, the reader's own included, and by
    // bytes: what is beyond the page would come over the connection once more with the next.
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

    private const string SelectReadable =
        $"""
        SELECT g.id, g.oldest_cursor, g.head_cursor, {RowReader.Whole} FROM groups g
        LEFT JOIN LATERAL zks_readable(g.id, GREATEST($2 + 1, g.oldest_cursor), LEAST(GREATEST($2 + 1, g.oldest_cursor) + $3 - 1, g.head_cursor)) e ON true
        WHERE g.group_id = $1 ORDER BY e.cursor
        """;

    private const string SelectOne = $"SELECT {RowReader.Whole} FROM entries e WHERE e.group_ref = $1 AND e.cursor = $2";
    private const string SelectReadableOne = $"SELECT {RowReader.Whole} FROM zks_readable($1, $2, $2) e";
    private const int RowAt = 3;

    // Rows of a page that goes around damage: the server holds all of them at once.
    private const int CarefulRowsMax = 32;

    /// <param name="connection">Without a transaction.</param>
    /// <param name="query">What to read.</param>
    /// <param name="corrupt">Gets the rows that do not match their checksum.</param>
    /// <param name="isCareful">Whether to go around what cannot be read.</param>
    public static async Task<LogPage?> ReadAsync(NpgsqlConnection connection, LogQuery query, List<(long Group, ulong Cursor)> corrupt, bool isCareful)
    {
        // Rarely needed, and then before the rows are told.
        LostRows? lost = null;
        while (true)
        {
            try
            {
                return isCareful ? await ReadReadableAsync(connection, query, lost, corrupt) : await ReadAtOnceAsync(connection, query, lost, corrupt);
            }
            catch (LostException)
            {
                lost = await LostRows.ReadAsync(connection, query.Group);
            }
        }
    }

    public static async Task<PageEntry?> FindAsync(NpgsqlConnection connection, GroupId group, Cursor cursor, ulong nowMs, bool isCareful)
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
                await using (NpgsqlCommand command = Sql.Command(connection, isCareful ? SelectReadableOne : SelectOne, row.Id, (long)cursor.Value))
                {
                    await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
                    if (await reader.ReadAsync())
                        TryTake(reader, page, at: 0, isCareful);
                }

                page.Skip(cursor.Value + 1);
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
            (long)query.CountMax,
            query.Except?.ToArray() ?? [],
            (long)query.BytesMax);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        PageBuilder? page = null;
        long group = 0;
        var cut = new ServerCut(query);
        while (page is not { IsDone: true } && await reader.ReadAsync())
        {
            group = reader.GetInt64(0);
            page ??= Begin(reader, query, lost);
            if (reader.IsDBNull(RowAt))
                break;

            cut.Add(RowReader.ReadHeader(reader, RowAt), reader.GetInt32(RowAt + RowReader.SizeColumn));
            if (!TryTake(reader, page, RowAt, isCareful: false))
                break;
        }

        if (page is null)
            return null;

        if (!cut.IsReached)
            page.Skip(ulong.MaxValue);

        corrupt.AddRange(page.Corrupt.Select(cursor => (group, cursor)));
        return page.ToPage();
    }

    private static async Task<LogPage?> ReadReadableAsync(NpgsqlConnection connection, LogQuery query, LostRows? lost, List<(long, ulong)> corrupt)
    {
        await using NpgsqlCommand command = Sql.Command(
            connection, SelectReadable, query.Group.ToArray(), (long)Math.Min(query.After.Value, long.MaxValue / 2), (long)CarefulRowsMax);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        PageBuilder? page = null;
        long group = 0;
        ulong end = 0;
        while (await reader.ReadAsync())
        {
            group = reader.GetInt64(0);
            if (page is null)
            {
                page = Begin(reader, query, lost);
                end = page.Passed + CarefulRowsMax;
            }

            if (!reader.IsDBNull(RowAt))
                TryTake(reader, page, RowAt, isCareful: true);
        }

        // What was asked for and did not come.
        page?.Skip(end + 1);
        corrupt.AddRange(page?.Corrupt.Select(cursor => (group, cursor)) ?? []);
        return page?.ToPage();
    }

    private static PageBuilder Begin(NpgsqlDataReader reader, LogQuery query, LostRows? lost) =>
        new(query, (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2), cursor => (lost ?? throw new LostException()).Describe(cursor));

    // Carefully, what does not decode is as lost as what cannot be read.
    private static bool TryTake(NpgsqlDataReader reader, PageBuilder page, int at, bool isCareful)
    {
        try
        {
            LogRow row = RowReader.ReadHeader(reader, at);
            return page.Take(row, RowReader.Checksum(reader, at), RowReader.Body(reader, row.State, at));
        }
        catch (Exception exception) when (isCareful && Failures.IsDamage(exception))
        {
            return false;
        }
    }

    /// <summary>Whether the server may have left rows out at the end, by the bounds of the statement: else what did not come is lost.</summary>
    private sealed class ServerCut(LogQuery query)
    {
        private long _rows;
        private long _pageBytes;
        private long _allBytes;

        public bool IsReached => _rows >= query.CountMax || _pageBytes >= query.BytesMax || _allBytes >= query.BytesMax * 4L;

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
