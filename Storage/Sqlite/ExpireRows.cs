using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of expiry.</summary>
internal static class ExpireRows
{
    // Envelope bytes freed in one transaction: a few blobs of the largest size are work enough.
    private const long BytesMax = 4 << 20;

    // From the index alone: a damaged row must not hide those behind it.
    private const string SelectDue = "SELECT id FROM entries WHERE state = 0 AND expires_ms <= $now ORDER BY expires_ms LIMIT $max";
    private const string SelectRow = $"SELECT {RowReader.Header}, size FROM entries WHERE id = $id";
    private const int SizeColumn = 11;

    public static int Expire(SqliteSession session, ulong nowMs, int rowsMax)
    {
        List<Due> due = ReadDue(session, nowMs, rowsMax);
        if (!session.Try(() => Free(session, due, nowMs)))
        {
            foreach (Due row in due.Where(row => !session.Try(() => Free(session, [row], nowMs))))
                session.Damaged.Add(row.Id);
        }

        session.HasFreedPages |= due.Count > 0;
        return due.Count;
    }

    private static void Free(SqliteSession session, List<Due> due, ulong nowMs)
    {
        foreach (Due expired in due)
            MarkRows.Save(session, expired.Row with { State = EntryState.Expired, StateMs = nowMs }, proof: null, envelope: null);

        foreach (var rows in due.GroupBy(expired => expired.Row.GroupRef))
        {
            GroupRow group = GroupRow.FindById(session, rows.Key) ?? throw new InvalidOperationException("A row belongs to no group.");
            long freed = rows.Sum(expired => expired.Size);
            group.BytesUsed -= freed;
            session.Totals.Add(bytes: -freed);
            group.Save(session);
        }
    }

    private static List<Due> ReadDue(SqliteSession session, ulong nowMs, int rowsMax)
    {
        var ids = new List<long>();
        using (SqliteDataReader reader = session.Query(SelectDue, ("$now", (long)Math.Min(nowMs, long.MaxValue)), ("$max", (long)rowsMax + session.Damaged.Count)))
        {
            while (reader.Read())
                ids.Add(reader.GetInt64(0));
        }

        var due = new List<Due>();
        long bytes = 0;
        foreach (long id in ids.Where(id => !session.Damaged.Contains(id)))
        {
            if (bytes >= BytesMax)
                break;

            if (ReadRow(session, id) is { } row)
            {
                due.Add(row);
                bytes += row.Size;
            }
            else
            {
                session.Damaged.Add(id);
            }
        }

        return due;
    }

    private static Due? ReadRow(SqliteSession session, long id)
    {
        try
        {
            using SqliteDataReader reader = session.Query(SelectRow, ("$id", id));
            return reader.Read() ? new Due(id, RowReader.ReadHeader(reader), reader.GetInt64(SizeColumn)) : null;
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return null;
        }
    }

    private readonly record struct Due(long Id, LogRow Row, long Size);
}
