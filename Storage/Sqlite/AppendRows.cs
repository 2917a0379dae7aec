using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of an append: the fence and the head, the rows, the sender's sequence.</summary>
internal static class AppendRows
{
    // The fence, the head and the quota in one statement: it is the most frequent one.
    private const string Advance =
        """
        UPDATE groups SET version = version + 1, head_cursor = head_cursor + $count, bytes_used = bytes_used + $bytes
        WHERE id = $id AND version = $expected AND bytes_used + $bytes <= $max
        RETURNING oldest_cursor, head_cursor, bytes_used
        """;

    public static LogWriteResult Append(SqliteSession session, LogAppend append)
    {
        if (GroupRow.RowId(session, append.Group) is not { } group)
            return LogFenced.Instance;

        long bytes = append.Entries.Sum(entry => (long)entry.Envelope.Length);
        if (TryAdvance(session, append, group, bytes, append.ExpectedVersion) is not { } written)
        {
            if (GroupRow.Fenced(session, append.Group, append.ExpectedVersion) is not { } row)
                return LogFenced.Instance;

            if (append.MakeRoom is null || !TrimRows.TryMakeRoom(session, row, append.MakeRoom, bytes, append.BytesMax))
                return new LogQuotaExceeded(row.BytesUsed);

            long version = row.Save(session).Version;
            written = TryAdvance(session, append, group, bytes, version)
                ?? throw new StorageException(StorageErrorKind.Unavailable, "A group's row changed inside a transaction.");
        }

        Store(session, append, group, written.Head.Value - (ulong)append.Entries.Length);
        session.Totals.Add(rows: append.Entries.Length, bytes: bytes);
        return written;
    }

    /// <summary>How far a sender's sequence is.</summary>
    public static void SaveSender(SqliteSession session, long device, ulong lastSeq, SequenceLink lastLink, ulong nowMs) => session.Execute(
        "UPDATE devices SET last_seq = $seq, last_link = $link, last_seen_ms = $now WHERE id = $id",
        ("$seq", (long)lastSeq),
        ("$link", lastLink.ToArray()),
        ("$now", (long)nowMs),
        ("$id", device));

    private static LogWritten? TryAdvance(SqliteSession session, LogAppend append, long group, long bytes, long version)
    {
        Span<long> row = stackalloc long[3];
        bool isWritten = session.TryRead(
            Advance,
            row,
            ("$count", (long)append.Entries.Length),
            ("$bytes", bytes),
            ("$id", group),
            ("$expected", version),
            ("$max", append.BytesMax));
        return isWritten ? new LogWritten(version + 1, new Cursor((ulong)row[0]), new Cursor((ulong)row[1]), row[2]) : null;
    }

    private static void Store(SqliteSession session, LogAppend append, long group, ulong before)
    {
        long device = GroupRows.DeviceRow(session, group, append.Sender);
        ReadOnlySpan<LogEntry> rest = append.Entries.AsSpan();
        while (!rest.IsEmpty)
        {
            int count = Packing.Next(rest);
            LogRow first = LogRow.Appended(append, group, before + 1 + (ulong)(append.Entries.Length - rest.Length), rest[0]);
            RowWriter.Insert(session, first, rest[..count]);
            rest = rest[count..];
        }

        RingRows.Append(session, device, append.Entries, (long)before + 1, append.TimestampMs);
        SaveSender(session, device, append.Entries[^1].SenderSeq.Value, append.LastLink, append.TimestampMs);
    }
}
