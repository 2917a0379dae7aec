using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements on the log.</summary>
internal static class EntryRows
{
    // An encoded entry without its envelope and proof, at its largest.
    private const int EntryBytesMax = 112;

    // Rows of the reader itself are passed over; a page looks at so many before it answers with what it has.
    private const int ScannedPerEntry = 4;

    private const string Insert =
        """
        INSERT INTO entries (group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, size, checksum, envelope)
        VALUES ($group, $cursor, 0, $now, $sender, $blob, $epoch, $first, $seq, $now, $expires, $size, $checksum, $envelope)
        """;

    private const string Select =
        """
        SELECT id, cursor, state, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, checksum, proof, envelope
        FROM entries WHERE group_ref = $group AND cursor > $after ORDER BY cursor
        """;

    public static LogWriteResult Append(SqliteSession session, LogAppend append)
    {
        if (GroupRow.Fenced(session, append.Group, append.ExpectedVersion) is not { } row)
            return LogFenced.Instance;

        long device = GroupRows.DeviceRow(session, row.Id, append.Sender);
        long firstCursor = row.Head + 1;
        byte[] sender = append.Sender.ToArray();
        foreach (LogEntry entry in append.Entries)
        {
            row.Head++;
            row.BytesUsed += entry.Envelope.Length;
            session.Execute(
                Insert,
                ("$group", row.Id),
                ("$cursor", row.Head),
                ("$now", (long)append.TimestampMs),
                ("$sender", sender),
                ("$blob", entry.BlobId.ToArray()),
                ("$epoch", (long)entry.KeyEpoch.Value),
                ("$first", (long)entry.FirstSeq.Value),
                ("$seq", (long)entry.SenderSeq.Value),
                ("$expires", (long)entry.ExpiresMs),
                ("$size", (long)entry.Envelope.Length),
                ("$checksum", Checksum(entry.Envelope.Span)),
                ("$envelope", Bytes(entry.Envelope)));
        }

        RingRows.Append(session, device, append, firstCursor);
        session.Execute(
            "UPDATE devices SET last_seq = $seq, last_link = $link, last_seen_ms = $now WHERE id = $id",
            ("$seq", (long)append.Entries[^1].SenderSeq.Value),
            ("$link", append.LastLink.ToArray()),
            ("$now", (long)append.TimestampMs),
            ("$id", device));
        return row.Save(session);
    }

    /// <param name="corrupt">Gets the rows that do not match their checksum.</param>
    public static LogPage? Read(SqliteSession session, LogQuery query, List<long> corrupt)
    {
        if (GroupRow.Find(session, query.Group) is not { } row)
            return null;

        var entries = ImmutableArray.CreateBuilder<PageEntry>();
        ulong head = (ulong)row.Head;
        ulong through = Math.Max(query.After.Value, head);
        byte[]? except = query.Except?.ToArray();
        int bytes = 0;
        int scanned = 0;
        if (query.After.Value < head)
        {
            using SqliteDataReader reader = session.Query(Select, ("$group", row.Id), ("$after", (long)query.After.Value));
            ulong passed = query.After.Value;
            while (reader.Read())
            {
                if (entries.Count == query.CountMax || scanned++ > query.CountMax * ScannedPerEntry)
                {
                    through = passed;
                    break;
                }

                byte[] sender = reader.GetFieldValue<byte[]>(3);
                if (except is null || !sender.AsSpan().SequenceEqual(except))
                {
                    PageEntry entry = ReadEntry(reader, sender, query.NowMs, corrupt);
                    bytes += EntryBytesMax + (entry.Envelope?.Length ?? 0) + (entry.Proof?.Length ?? 0);
                    if (entries.Count > 0 && bytes > query.BytesMax)
                    {
                        through = passed;
                        break;
                    }

                    entries.Add(entry);
                }

                passed = (ulong)reader.GetInt64(1);
            }
        }

        return new LogPage
        {
            Entries = entries.DrainToImmutable(),
            Through = new Cursor(through),
            Oldest = new Cursor((ulong)row.Oldest),
            Head = new Cursor(head),
        };
    }

    public static bool MarkCorrupt(SqliteSession session, List<long> rows, ulong nowMs)
    {
        foreach (long id in rows)
            session.Execute("UPDATE entries SET state = 3, state_ms = $now WHERE id = $id AND state = 0", ("$now", (long)nowMs), ("$id", id));

        StorageMetrics.CorruptRows.Add(rows.Count);
        return true;
    }

    public static int Expire(SqliteSession session, ulong nowMs, int rowsMax)
    {
        var due = new List<(long Id, long Group, long Size)>();
        using (SqliteDataReader reader = session.Query(
            "SELECT id, group_ref, size FROM entries WHERE state = 0 AND expires_ms <= $now ORDER BY expires_ms LIMIT $max",
            ("$now", (long)nowMs),
            ("$max", (long)rowsMax)))
        {
            while (reader.Read())
                due.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        foreach ((long id, _, _) in due)
            session.Execute("UPDATE entries SET state = 2, state_ms = $now, size = 0, envelope = NULL WHERE id = $id", ("$now", (long)nowMs), ("$id", id));

        foreach (var group in due.GroupBy(row => row.Group))
        {
            GroupRow row = GroupRow.FindById(session, group.Key) ?? throw new StorageException(StorageErrorKind.Unavailable, "A row belongs to no group.");
            row.BytesUsed -= group.Sum(expired => expired.Size);
            row.Save(session);
        }

        session.HasFreedPages |= due.Count > 0;
        return due.Count;
    }

    /// <summary>Removes the longest prefix that the request allows.</summary>
    public static void Trim(SqliteSession session, GroupRow row, TrimRequest trim)
    {
        byte[] laggard = trim.Laggard.ToArray();
        long through = row.Oldest - 1;
        long freed = 0;
        using (SqliteDataReader reader = session.Query(
            "SELECT cursor, state, state_ms, sender, size, timestamp_ms FROM entries WHERE group_ref = $group AND cursor <= $others ORDER BY cursor LIMIT $max",
            ("$group", row.Id),
            ("$others", (long)Math.Min(trim.OthersThrough.Value, long.MaxValue)),
            ("$max", (long)TrimRequest.RowsMax)))
        {
            while (reader.Read() && IsDelivered(reader, trim, laggard))
            {
                through = reader.GetInt64(0);
                freed += reader.GetInt64(4);
            }
        }

        if (through < row.Oldest)
            return;

        session.Execute("DELETE FROM entries WHERE group_ref = $group AND cursor <= $through", ("$group", row.Id), ("$through", through));
        session.HasFreedPages = true;
        row.Oldest = through + 1;
        row.BytesUsed -= freed;
    }

    public static LogVerification Verify(SqliteSession session)
    {
        var faults = new List<string>();
        using (SqliteDataReader reader = session.Query("PRAGMA integrity_check"))
        {
            while (reader.Read())
            {
                if (reader.GetString(0) != "ok")
                    faults.Add(reader.GetString(0));
            }
        }

        long rows = 0;
        long corrupt = 0;
        using SqliteDataReader entries = session.Query("SELECT checksum, envelope FROM entries WHERE envelope IS NOT NULL");
        while (entries.Read())
        {
            rows++;
            if (Checksum(entries.GetFieldValue<byte[]>(1)) != entries.GetInt64(0))
                corrupt++;
        }

        return new LogVerification(rows, corrupt, 0, faults);
    }

    private static bool IsDelivered(SqliteDataReader reader, TrimRequest trim, byte[] laggard)
    {
        bool isAcked = (ulong)reader.GetInt64(0) <= trim.AllThrough.Value || reader.GetFieldValue<byte[]>(3).AsSpan().SequenceEqual(laggard);
        return reader.GetInt64(1) == 0
            ? isAcked && (ulong)reader.GetInt64(5) <= trim.StoredThroughMs
            : (ulong)reader.GetInt64(2) <= trim.HolesThroughMs;
    }

    private static PageEntry ReadEntry(SqliteDataReader reader, byte[] sender, ulong nowMs, List<long> corrupt)
    {
        var state = (EntryState)reader.GetInt64(2);
        ReadOnlyMemory<byte>? envelope = default(ReadOnlyMemory<byte>?);
        if (state == EntryState.Blob && (ulong)reader.GetInt64(9) <= nowMs)
        {
            state = EntryState.Expired;
        }
        else if (state == EntryState.Blob)
        {
            byte[] bytes = reader.IsDBNull(12) ? [] : reader.GetFieldValue<byte[]>(12);
            if (Checksum(bytes) == reader.GetInt64(10))
            {
                envelope = bytes;
            }
            else
            {
                state = EntryState.Corrupt;
                corrupt.Add(reader.GetInt64(0));
            }
        }

        return new PageEntry
        {
            Cursor = new Cursor((ulong)reader.GetInt64(1)),
            State = state,
            Sender = DeviceId.Read(sender),
            BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(4)),
            KeyEpoch = new KeyEpoch((uint)reader.GetInt64(5)),
            FirstSeq = new Sequence((ulong)reader.GetInt64(6)),
            SenderSeq = new Sequence((ulong)reader.GetInt64(7)),
            TimestampMs = (ulong)reader.GetInt64(8),
            Envelope = envelope,
            Proof = reader.IsDBNull(11) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(11),
        };
    }

    // The driver binds whole arrays only.
    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();

    private static long Checksum(ReadOnlySpan<byte> envelope) => unchecked((long)XxHash3.HashToUInt64(envelope));
}
