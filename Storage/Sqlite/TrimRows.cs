using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of a trim: it finds how far the prefix reaches, then removes it.</summary>
internal static class TrimRows
{
    private const string SelectPrefix = $"SELECT {RowReader.Numbers} FROM entries WHERE group_ref = $group AND cursor > $after ORDER BY cursor";

    // Not below the oldest: what could not be deleted stays there, and is nobody's row any more. Of a packed row the prefix may be a part; it stays
    // in the file until the rest may go too.
    private const string DeleteRange = "DELETE FROM entries WHERE group_ref = $group AND cursor >= $oldest AND cursor <= $through";

    /// <summary>Removes the longest prefix that the request allows; returns the rows. The caller saves the group's row.</summary>
    public static int Trim(SqliteSession session, GroupRow group, TrimRequest trim, int rowsMax) =>
        Remove(session, group, Scan(session, group, trim, rowsMax, long.MaxValue));

    /// <summary>Whether a first row may go. For a reader, whom damage does not hinder.</summary>
    public static bool WouldTrim(SqliteSession session, GroupRow group, TrimRequest trim)
    {
        var scan = new PrefixScan(trim, group.Oldest, group.Head, 1, long.MaxValue);
        while (!scan.IsDone && !scan.IsAny)
        {
            try
            {
                ReadOne(session, group.Id, scan);
            }
            catch (Exception exception) when (RowReader.IsDamage(exception))
            {
                scan.Skip(scan.Passed + 2);
            }
        }

        return scan.IsAny;
    }

    /// <summary>Removes the shortest allowed prefix that leaves room for so many bytes; nothing where none does.</summary>
    public static bool TryMakeRoom(SqliteSession session, GroupRow group, TrimRequest trim, long bytes, long bytesMax)
    {
        PrefixScan scan = Scan(session, group, trim, int.MaxValue, group.BytesUsed + bytes - bytesMax);
        if (scan.IsEnough)
            Remove(session, group, scan);

        return scan.IsEnough;
    }

    private static PrefixScan Scan(SqliteSession session, GroupRow group, TrimRequest trim, long rowsMax, long needed)
    {
        KnownDamage damage = session.Damage;
        var scan = new PrefixScan(trim, group.Oldest, group.Head, damage.RowsMax(group.Id, rowsMax), needed);
        if (!damage.IsCareful(group.Id))
            return damage.Many(group.Id, () => ReadOn(session, group.Id, scan));

        while (!scan.IsDone)
        {
            long next = scan.Passed + 1;
            if (damage.IsUnreadable(group.Id, next))
                scan.Skip(next + 1);
            else
                damage.Reading(group.Id, next, () => ReadOne(session, group.Id, scan), (reading, cursor) => CanRead(reading, group, cursor));
        }

        return scan;
    }

    private static bool CanRead(SqliteSession session, GroupRow group, long cursor)
    {
        if (cursor > group.Head)
            return true;

        try
        {
            // What was read goes nowhere.
            ReadOne(session, group.Id, new PrefixScan(TrimRequest.Of([], 0, 0), cursor, cursor, 1, long.MaxValue));
            return true;
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return false;
        }
    }

    private static PrefixScan ReadOn(SqliteSession session, long group, PrefixScan scan)
    {
        using SqliteDataReader reader = session.Query(SelectPrefix, ("$group", group), ("$after", scan.Passed));
        while (!scan.IsDone && reader.Read())
            Take(RowReader.ReadNumbers(reader), scan);

        scan.End();
        return scan;
    }

    private static bool ReadOne(SqliteSession session, long group, PrefixScan scan)
    {
        long next = scan.Passed + 1;
        StoredRow? row = RowReader.FindNumbers(session, group, (ulong)next);
        if (row is null)
            scan.Skip(next + 1);
        else
            Take(row, scan);

        return row is not null;
    }

    private static void Take(StoredRow row, PrefixScan scan)
    {
        foreach (StoredBlob blob in row.From((ulong)scan.Passed + 1))
        {
            LogRow each = blob.Row;
            ulong emptyMs = each.State == EntryState.Blob ? each.ExpiresMs : each.StateMs;
            scan.Take((long)each.Cursor, each.Sender, each.TimestampMs, emptyMs, checked((int)blob.Size));
            if (scan.IsDone)
                return;
        }
    }

    private static int Remove(SqliteSession session, GroupRow group, PrefixScan scan)
    {
        if (!scan.IsAny)
            return 0;

        KnownDamage damage = session.Damage;
        if (damage.IsCareful(group.Id))
        {
            for (long cursor = scan.Oldest; cursor <= scan.Through; cursor++)
            {
                long each = cursor;
                if (!damage.IsStuck(group.Id, each))
                    damage.Deleting(group.Id, each, () => RowWriter.Delete(session, group.Id, each));
            }
        }
        else
        {
            damage.Many(group.Id, () => session.Execute(DeleteRange, ("$group", group.Id), ("$oldest", scan.Oldest), ("$through", scan.Through)));
        }

        session.HasFreedPages = true;
        long rows = scan.Through - scan.Oldest + 1;
        // How large the lost ones were nobody knows any more, and of a damaged one it may be said wrong; where nothing is left, nothing is used.
        long freed = scan.Through == group.Head ? group.BytesUsed : Math.Min(scan.Freed, group.BytesUsed);
        session.Totals.Add(rows: -rows, bytes: -freed);
        group.Oldest = scan.Through + 1;
        damage.Trimmed(group.Id, group.Oldest);
        group.BytesUsed -= freed;
        return (int)rows;
    }
}
