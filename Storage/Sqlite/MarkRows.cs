using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements that change a row's state.</summary>
internal static class MarkRows
{
    public static LogWriteResult Mark(SqliteSession session, LogMark mark)
    {
        if (GroupRow.Fenced(session, mark.Group, mark.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        if (Find(session, group, mark.Cursor) is not { Row.State: not EntryState.Deleted })
            return LogRowMismatch.Instance;

        (LogRow row, long size) = TakeApart(session, group, mark.Cursor);
        row = row with { State = mark.State, StateMs = mark.NowMs, KeyEpoch = mark.KeyEpoch?.Value ?? row.KeyEpoch };
        RowWriter.Update(session, row, mark.Proof?.ToArray(), envelope: null);
        if (mark.Audit is { } kind)
            AuditRows.Add(session, group.Id, new AuditRecord(mark.NowMs, kind, row.Sender, mark.Cursor));

        group.BytesUsed -= size;
        session.Totals.Add(bytes: -size, corrupt: mark.State == EntryState.Corrupt ? 1 : 0);
        session.HasFreedPages = true;
        return group.Save(session);
    }

    public static LogWriteResult Refill(SqliteSession session, LogRefill refill)
    {
        if (GroupRow.Fenced(session, refill.Group, refill.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        // None of several in a row: those are whole, or expired.
        if (Find(session, group, refill.Cursor) is not { Row: { State: EntryState.Corrupt } row, Size: long size }
            || row.Sender != refill.Sender
            || row.SenderSeq != refill.SenderSeq.Value
            || row.BlobId != refill.BlobId)
        {
            return LogRowMismatch.Instance;
        }

        row = row with { State = EntryState.Blob, StateMs = refill.NowMs, KeyEpoch = refill.KeyEpoch.Value, FirstSeq = refill.FirstSeq.Value };
        RowWriter.Update(session, row, proof: null, WholeArray.Of(refill.Envelope));
        long grown = refill.Envelope.Length - size;
        group.BytesUsed += grown;
        session.Totals.Add(bytes: grown);
        return group.Save(session);
    }

    /// <summary>Quarantines rows that a reader found damaged. They are looked at again first: it may have been the reading that was wrong.</summary>
    public static bool MarkCorrupt(SqliteSession session, List<(long Group, ulong Cursor)> rows, ulong nowMs)
    {
        foreach ((long groupId, ulong cursor) in rows)
        {
            if (GroupRow.FindById(session, groupId) is not { } group
                || (long)cursor < group.Oldest
                || RowReader.Find(session, groupId, cursor)?.Find(cursor) is not { IsSound: false })
            {
                continue;
            }

            (LogRow row, long size) = TakeApart(session, group, new Cursor(cursor));
            RowWriter.Update(session, row with { State = EntryState.Corrupt, StateMs = nowMs }, proof: null, envelope: null);
            group.BytesUsed -= size;
            session.Totals.Add(bytes: -size, corrupt: 1);
            group.Save(session);
        }

        return true;
    }

    // By its numbers: the pages of a large envelope may be damaged. What was trimmed may still be in the file, and is nobody's.
    private static StoredBlob? Find(SqliteSession session, GroupRow group, Cursor cursor) =>
        (long)cursor.Value < group.Oldest ? null : RowReader.FindNumbers(session, group.Id, cursor.Value)?.Find(cursor.Value);

    // A blob whose state changes needs a row of its own. The row, and the bytes it counts for.
    private static (LogRow Row, long Size) TakeApart(SqliteSession session, GroupRow group, Cursor cursor)
    {
        if (RowReader.FindNumbers(session, group.Id, cursor.Value) is { IsPacked: true } && RowReader.Find(session, group.Id, cursor.Value) is { } whole)
        {
            long grown = RowWriter.TakeApart(session, whole, (ulong)group.Oldest);
            group.BytesUsed += grown;
            session.Totals.Add(bytes: grown);
        }

        StoredBlob alone = Find(session, group, cursor) ?? throw new InvalidOperationException("A row that was there is not.");
        return (alone.Row, alone.Size);
    }
}
