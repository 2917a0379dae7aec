using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements that read the log. What is damaged is told as corrupt, one row at a time; what is beside it is served.</summary>
internal static class PageRows
{
    private const string SelectAfter = $"SELECT {RowReader.Whole} FROM entries WHERE group_ref = $group AND cursor > $after ORDER BY cursor";

    /// <param name="session">The reading thread's.</param>
    /// <param name="query">What to read.</param>
    /// <param name="corrupt">Gets the rows that do not match their checksum.</param>
    public static LogPage? Read(SqliteSession session, LogQuery query, List<(long Group, ulong Cursor)> corrupt)
    {
        if (GroupRow.Find(session, query.Group) is not { } group)
            return null;

        var page = new PageBuilder(query, (ulong)group.Oldest, (ulong)group.Head, cursor => RowReader.Lost(session, group.Id, cursor));
        while (!page.IsDone)
        {
            if (TryReadOn(session, group.Id, page))
                page.Skip((ulong)group.Head + 1);
            else
                ReadOne(session, group.Id, page);
        }

        corrupt.AddRange(page.Corrupt.Select(cursor => (group.Id, cursor)));
        return page.ToPage();
    }

    public static PageEntry? Find(SqliteSession session, GroupId group, Cursor cursor, ulong nowMs)
    {
        if (GroupRow.Find(session, group) is not { } row || (long)cursor.Value < row.Oldest || cursor.Value > (ulong)row.Head)
            return null;

        var query = new LogQuery { Group = group, After = new Cursor(cursor.Value - 1), CountMax = 1, BytesMax = int.MaxValue, NowMs = nowMs };
        var page = new PageBuilder(query, cursor.Value, cursor.Value, lost => RowReader.Lost(session, row.Id, lost));
        ReadOne(session, row.Id, page);
        PageEntry entry = page.ToPage().Entries[0];
        return entry with { Envelope = null };
    }

    // False where a damaged place ended it: the row after those taken cannot be read this way.
    private static bool TryReadOn(SqliteSession session, long group, PageBuilder page)
    {
        try
        {
            using SqliteDataReader reader = session.Query(SelectAfter, ("$group", group), ("$after", (long)page.Passed));
            while (!page.IsDone && reader.Read())
            {
                if (!Take(RowReader.Read(reader), page))
                    break;
            }

            return true;
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return false;
        }
    }

    private static void ReadOne(SqliteSession session, long group, PageBuilder page)
    {
        ulong next = page.Passed + 1;
        try
        {
            if (RowReader.Find(session, group, next) is { } row)
            {
                Take(row, page);
                return;
            }
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            // It is told as lost, as a row that is not there.
        }

        page.Skip(next + 1);
    }

    // False where the page ends before one of the row's blobs. One whose numbers are none is lost, and costs those beside it nothing.
    private static bool Take(StoredRow row, PageBuilder page)
    {
        foreach (StoredBlob blob in row.From(page.Passed + 1))
        {
            if (!TryTake(blob, page) && !page.Skip(blob.Row.Cursor + 1))
                return false;
        }

        return true;
    }

    private static bool TryTake(in StoredBlob blob, PageBuilder page)
    {
        try
        {
            return page.Take(blob.Row, blob.Checksum, blob.Body);
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return false;
        }
    }
}
