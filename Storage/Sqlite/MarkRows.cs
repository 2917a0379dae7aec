using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements that change a row's state.</summary>
internal static class MarkRows
{
    private const string SelectHeader = $"SELECT {RowReader.Header}, size FROM entries WHERE group_ref = $group AND cursor = $cursor";
    private const string SelectWhole = $"SELECT {RowReader.Whole}, size FROM entries WHERE group_ref = $group AND cursor = $cursor";
    private const int SizeColumn = 11;
    private const int SizeColumnWhole = 14;

    private const string Update =
        """
        UPDATE entries SET state = $state, state_ms = $since, key_epoch = $epoch, first_seq = $first, size = $size, checksum = $checksum, proof = $proof, envelope = $envelope
        WHERE group_ref = $group AND cursor = $cursor
        """;

    public static LogWriteResult Mark(SqliteSession session, LogMark mark)
    {
        if (GroupRow.Fenced(session, mark.Group, mark.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        if (ReadHeader(session, group.Id, mark.Cursor) is not ({ State: not EntryState.Deleted } row, var size))
            return LogRowMismatch.Instance;

        row = row with { State = mark.State, StateMs = mark.NowMs, KeyEpoch = mark.KeyEpoch?.Value ?? row.KeyEpoch };
        Save(session, row, mark.Proof?.ToArray(), envelope: null);
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

        if (ReadHeader(session, group.Id, refill.Cursor) is not ({ State: EntryState.Corrupt } row, var size)
            || row.Sender != refill.Sender
            || row.SenderSeq != refill.SenderSeq.Value
            || row.BlobId != refill.BlobId)
        {
            return LogRowMismatch.Instance;
        }

        row = row with { State = EntryState.Blob, StateMs = refill.NowMs, KeyEpoch = refill.KeyEpoch.Value, FirstSeq = refill.FirstSeq.Value };
        Save(session, row, proof: null, WholeArray.Of(refill.Envelope));
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
            if (GroupRow.FindById(session, groupId) is not { } group || ReadDamaged(session, groupId, cursor) is not ({ } row, var size))
                continue;

            Save(session, row with { State = EntryState.Corrupt, StateMs = nowMs }, proof: null, envelope: null);
            group.BytesUsed -= size;
            session.Totals.Add(bytes: -size, corrupt: 1);
            group.Save(session);
        }

        return true;
    }

    /// <summary>Writes a row's new state under a checksum that fits it.</summary>
    public static void Save(SqliteSession session, in LogRow row, byte[]? proof, byte[]? envelope) => session.Execute(
        Update,
        ("$state", (long)row.State),
        ("$since", (long)row.StateMs),
        ("$epoch", (long)row.KeyEpoch),
        ("$first", (long)row.FirstSeq),
        ("$size", (long)(envelope?.Length ?? 0)),
        ("$checksum", LogRow.Checksum(row, row.State == EntryState.Deleted ? proof : envelope)),
        ("$proof", proof),
        ("$envelope", envelope),
        ("$group", row.GroupRef),
        ("$cursor", (long)row.Cursor));

    private static (LogRow Row, long Size)? ReadHeader(SqliteSession session, long group, Cursor cursor)
    {
        using SqliteDataReader reader = session.Query(SelectHeader, ("$group", group), ("$cursor", (long)cursor.Value));
        return reader.Read() ? (RowReader.ReadHeader(reader), reader.GetInt64(SizeColumn)) : null;
    }

    private static (LogRow Row, long Size)? ReadDamaged(SqliteSession session, long group, ulong cursor)
    {
        using SqliteDataReader reader = session.Query(SelectWhole, ("$group", group), ("$cursor", (long)cursor));
        return reader.Read() && !RowReader.IsSound(reader) ? (RowReader.ReadHeader(reader), reader.GetInt64(SizeColumnWhole)) : null;
    }
}
