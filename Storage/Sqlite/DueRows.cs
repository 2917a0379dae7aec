using Microsoft.Data.Sqlite;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// Finds rows whose time is over. It is a reader's work: a reader that meets a damaged page goes on behind it, which a transaction that writes
/// may not.
/// </summary>
internal static class DueRows
{
    // Envelope bytes freed in one transaction: a few blobs of the largest size are work enough.
    private const long BytesMax = 4 << 20;

    // From the index alone: a damaged row must not hide those behind it.
    private const string Select = "SELECT id, expires_ms FROM entries WHERE state = 0 AND expires_ms > $after AND expires_ms <= $now ORDER BY expires_ms LIMIT $max";
    private const string SelectRow = $"SELECT {RowReader.Numbers} FROM entries WHERE id = $id AND state = 0 AND expires_ms <= $now";

    /// <summary>The numbers of rows that are due, the longest due first; those that cannot be read are noted as stuck.</summary>
    /// <param name="session">A reading thread's.</param>
    /// <param name="nowMs">Relay time.</param>
    /// <param name="rowsMax">At most so many blobs, or one row.</param>
    /// <param name="stuck">Rows to leave alone.</param>
    public static List<long> Look(SqliteSession session, ulong nowMs, int rowsMax, StuckRows<long> stuck)
    {
        var due = new List<long>();
        long bytes = 0;
        long blobs = 0;
        long now = (long)Math.Min(nowMs, long.MaxValue);
        foreach (long id in Read(session, now, rowsMax + stuck.Count).Where(id => !stuck.Has(id)))
        {
            if (bytes >= BytesMax || blobs >= rowsMax)
                break;

            if (Find(session, id, now) is { } row)
            {
                due.Add(id);
                bytes += row.Size;
                blobs += row.Count;
            }
            else
            {
                stuck.TryNote(id);
            }
        }

        return due;
    }

    private static List<long> Read(SqliteSession session, long now, int max)
    {
        var ids = new List<long>();
        long after = -1;
        while (ids.Count < max && after < now && !TryRead(session, now, max, ids, ref after))
            after = Behind(session, after, now);

        return ids;
    }

    // False where a damaged page of the index ended it.
    private static bool TryRead(SqliteSession session, long now, int max, List<long> ids, ref long after)
    {
        try
        {
            using SqliteDataReader reader = session.Query(Select, ("$after", after), ("$now", now), ("$max", (long)max - ids.Count));
            while (reader.Read())
            {
                ids.Add(reader.GetInt64(0));
                after = reader.GetInt64(1);
            }

            return true;
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return false;
        }
    }

    // The least time behind which something can be read, found by halves. Of what is due in that same millisecond some may be passed over:
    // readers are told that it is expired all the same, and a trim takes it for a row without a blob.
    private static long Behind(SqliteSession session, long after, long now)
    {
        long unreadable = after;
        long readable = now;
        var ignored = new List<long>();
        while (readable - unreadable > 1)
        {
            long middle = unreadable + ((readable - unreadable) / 2);
            long from = middle;
            if (TryRead(session, now, 1, ignored, ref from))
                readable = middle;
            else
                unreadable = middle;

            ignored.Clear();
        }

        return readable;
    }

    // Null also where index and row disagree.
    private static StoredRow? Find(SqliteSession session, long id, long now)
    {
        try
        {
            using SqliteDataReader reader = session.Query(SelectRow, ("$id", id), ("$now", now));
            return reader.Read() ? RowReader.ReadNumbers(reader) : null;
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return null;
        }
    }
}
