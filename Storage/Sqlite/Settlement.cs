using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// Puts unsettled appends where they belong: as a part of the transaction that writes anything else, and when the writing thread has had nothing to do for a while.
/// One that is damaged, and those of its group behind it, are lost; that is what a new relay epoch says, and because it cannot be known for certain whose
/// they were every group gets one, as if an older copy had been put back.
/// </summary>
internal static class Settlement
{
    /// <summary>All of them, in the transaction that is open, except those that are stuck.</summary>
    public static void Run(SqliteSession session)
    {
        if (session.Unsettled.Count == 0)
            return;

        List<long> groups = session.Unsettled.Groups();
        Settle(session, groups, UnsettledRows.Read(session).Where(row => !session.Unsettled.IsStuck(row.Row.GroupRef)));
        if (session.Unsettled.HasStuck)
            groups.ForEach(group => UnsettledRows.Delete(session, group));
        else
            UnsettledRows.DeleteAll(session);

        session.Unsettled.Settled(groups);
    }

    /// <summary>Those of one group, in the transaction that is open.</summary>
    public static void Run(SqliteSession session, long group)
    {
        Settle(session, [group], UnsettledRows.Read(session, group));
        UnsettledRows.Delete(session, group);
        session.Unsettled.Settled([group]);
    }

    /// <summary>Notes what a process before this one left.</summary>
    public static void Find(SqliteSession session)
    {
        foreach ((long group, var id, int count) in UnsettledRows.Count(session))
            session.Unsettled.Found(group, id, count);
    }

    /// <summary>Whether it failed because of something in the database that will be there the next time too.</summary>
    public static bool IsStuck(Exception exception) => RowReader.IsDamage(exception)
        || exception is DamagedRowException or StorageException or SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT };

    private static void Settle(SqliteSession session, List<long> owners, IEnumerable<UnsettledRow> rows)
    {
        var groups = new Dictionary<long, Settled?>();
        var senders = new Dictionary<long, UnsettledRow>();
        int lost = 0;
        foreach (UnsettledRow row in rows)
        {
            long id = row.Row.GroupRef;
            if (!groups.TryGetValue(id, out Settled? group))
                groups.Add(id, group = GroupRow.FindById(session, id) is { } found ? new Settled(found) : null);

            if (group is null || !row.Follows(group.Version, group.Row.Head) || GroupRows.FindDeviceRow(session, id, row.Row.Sender) is not { } device)
            {
                lost++;
                continue;
            }

            RowWriter.Insert(session, row.Row, [row.Entry]);
            RingRows.Append(session, device, [row.Entry], (long)row.Row.Cursor, row.Row.TimestampMs);
            senders[device] = row;
            group.Add(row.Envelope.Length);
        }

        // Fewer than the writing thread acknowledged: the table has lost some and left no trace.
        if (lost == 0 && owners.Any(id => session.Unsettled.Find(id) is { } known && groups.GetValueOrDefault(id)?.Version != known.Version))
            lost = 1;

        foreach ((long device, UnsettledRow last) in senders)
            AppendRows.SaveSender(session, device, last.Row.SenderSeq, last.LastLink, last.Row.TimestampMs);

        foreach (Settled group in groups.Values.OfType<Settled>().Where(group => group.Count > 0))
        {
            group.Row.Save(session, group.Count);
            session.Totals.Add(rows: group.Count, bytes: group.Bytes);
        }

        if (lost > 0)
        {
            GroupRows.RenewEpochs(session);
            session.Totals.Add(corrupt: lost);
        }
    }

    private sealed class Settled(GroupRow row)
    {
        public GroupRow Row => row;

        public int Count { get; private set; }

        public long Bytes { get; private set; }

        public long Version => row.Version + Count;

        public void Add(int bytes)
        {
            Count++;
            Bytes += bytes;
            row.Head++;
            row.BytesUsed += bytes;
        }
    }
}
