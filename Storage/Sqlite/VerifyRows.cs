using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The full check: the engine's own, every checksum, and every group's numbers against its rows.</summary>
internal static class VerifyRows
{
    private const int CursorColumn = 1;

    public static LogVerification Verify(SqliteSession session)
    {
        var faults = new List<string>();
        CheckStructure(session, faults);

        long rows = 0;
        long corrupt = 0;
        long quarantined = 0;
        var expected = new TotalsCheck();
        foreach ((long id, long oldest, long head, long bytesUsed) in Groups(session))
        {
            (long found, long bad, long held, long bytes) = VerifyGroup(session, id, oldest, head);
            rows += found;
            corrupt += bad;
            quarantined += held;
            expected.Add(head - oldest + 1, bytesUsed);
            if (found != head - oldest + 1)
                Add(faults, $"Group {id} has {found} rows and should have {head - oldest + 1}.");

            if (bad == 0 && bytes != bytesUsed)
                Add(faults, $"Group {id} has {bytes} bytes and counts {bytesUsed}.");
        }

        expected.Compare(session, faults);
        (long unsettled, long unsound) = VerifyUnsettled(session, faults);
        return new LogVerification(rows + unsettled, corrupt + unsound, quarantined, faults);
    }

    private static void CheckStructure(SqliteSession session, List<string> faults)
    {
        try
        {
            using SqliteDataReader reader = session.Query($"PRAGMA integrity_check({LogVerification.FaultsMax})");
            while (reader.Read())
            {
                if (reader.GetString(0) != "ok")
                    faults.Add(reader.GetString(0));
            }
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            // It says what it finds, and gives up where that is too much for it.
            Add(faults, "The engine's own check met a damaged page and could not be finished.");
        }
    }

    // Each has to be what was written, and the next of its group.
    private static (long Rows, long Unsound) VerifyUnsettled(SqliteSession session, List<string> faults)
    {
        long rows = 0;
        long unsound = 0;
        try
        {
            foreach (IGrouping<long, UnsettledRow> appends in UnsettledRows.Read(session).GroupBy(row => row.Row.GroupRef))
            {
                long count = 0;
                GroupRow? group = GroupRow.FindById(session, appends.Key);
                foreach (UnsettledRow append in appends)
                {
                    rows++;
                    if (group is not null && append.Follows(group.Version + count, group.Head + count))
                        count++;
                    else
                        unsound++;
                }
            }
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            unsound++;
        }

        if (unsound > 0)
            Add(faults, "Appends that are not in their place yet are damaged.");

        return (rows, unsound);
    }

    private static List<(long Id, long Oldest, long Head, long Bytes)> Groups(SqliteSession session)
    {
        var groups = new List<(long, long, long, long)>();
        using SqliteDataReader reader = session.Query("SELECT id, oldest_cursor, head_cursor, bytes_used FROM groups ORDER BY id");
        while (reader.Read())
            groups.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));

        return groups;
    }

    // A damaged page ends a scan; the next one begins behind the row that could not be read.
    private static (long Rows, long Corrupt, long Quarantined, long Bytes) VerifyGroup(SqliteSession session, long group, long oldest, long head)
    {
        long rows = 0;
        long corrupt = 0;
        long quarantined = 0;
        long bytes = 0;
        long passed = oldest - 1;
        while (passed < head)
        {
            try
            {
                using SqliteDataReader reader = session.Query(
                    $"SELECT {RowReader.Whole} FROM entries WHERE group_ref = $group AND cursor > $after ORDER BY cursor",
                    ("$group", group),
                    ("$after", passed));
                while (reader.Read())
                {
                    passed = reader.GetInt64(CursorColumn);
                    StoredRow row = RowReader.Read(reader);
                    // Nothing, where it has what it says; else the group's bytes do not fit either.
                    bytes += row.Size - row.From(0).Sum(blob => blob.Size);
                    foreach (StoredBlob blob in row.From((ulong)oldest))
                    {
                        rows++;
                        corrupt += blob.IsSound ? 0 : 1;
                        quarantined += blob.IsSound && blob.Row.State == EntryState.Corrupt ? 1 : 0;
                        bytes += blob.Size;
                    }
                }

                break;
            }
            catch (Exception exception) when (RowReader.IsDamage(exception))
            {
                passed++;
                rows++;
                corrupt++;
            }
        }

        return (rows, corrupt, quarantined, bytes);
    }

    private static void Add(List<string> faults, string fault)
    {
        if (faults.Count < LogVerification.FaultsMax)
            faults.Add(fault);
    }

    private sealed class TotalsCheck
    {
        private long _groups;
        private long _rows;
        private long _bytes;

        public void Add(long rows, long bytes)
        {
            _groups++;
            _rows += rows;
            _bytes += bytes;
        }

        public void Compare(SqliteSession session, List<string> faults)
        {
            using SqliteDataReader reader = session.Query("SELECT groups, rows, bytes FROM totals WHERE id = 1");
            if (!reader.Read() || reader.GetInt64(0) != _groups || reader.GetInt64(1) != _rows || reader.GetInt64(2) != _bytes)
                VerifyRows.Add(faults, "The store's totals do not fit its groups.");
        }
    }
}
