using System.Buffers;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Writes rows of the log; one comes into being in no other way.</summary>
internal static class RowWriter
{
    private const string InsertRow =
        """
        INSERT INTO entries (group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, size, checksum, proof, envelope, parts)
        VALUES ($group, $cursor, $state, $since, $sender, $blob, $epoch, $first, $seq, $time, $expires, $size, $checksum, NULL, $envelope, $parts)
        """;

    private const string UpdateBlob =
        """
        UPDATE entries SET state = $state, state_ms = $since, key_epoch = $epoch, first_seq = $first, size = $size, checksum = $checksum, proof = $proof, envelope = $envelope
        WHERE group_ref = $group AND cursor = $cursor
        """;

    private const string EmptyParts =
        """
        UPDATE entries SET state = $state, state_ms = $since, size = 0, checksum = $checksum, envelope = NULL, parts = $parts
        WHERE group_ref = $group AND cursor = $cursor
        """;

    private const string DeleteRow = "DELETE FROM entries WHERE group_ref = $group AND cursor = $cursor";

    /// <summary>Writes blobs of one append, of which <see cref="Packing"/> says that they are a row.</summary>
    /// <param name="session">The writing thread's.</param>
    /// <param name="first">What they have in common, and the cursor of the first.</param>
    /// <param name="entries">At least one.</param>
    public static void Insert(SqliteSession session, in LogRow first, ReadOnlySpan<LogEntry> entries)
    {
        if (entries.Length == 1)
        {
            LogRow row = Row(first, 0, entries[0]);
            ReadOnlyMemory<byte> envelope = entries[0].Envelope;
            Insert(session, row, LogRow.Checksum(row, envelope.Span), envelope.Length, envelope, default);
            return;
        }

        int bytes = 0;
        foreach (LogEntry entry in entries)
            bytes += entry.Envelope.Length;

        int partsBytes = entries.Length * RowPart.Bytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes + partsBytes);
        try
        {
            Span<byte> parts = buffer.AsSpan(bytes, partsBytes);
            int at = 0;
            long checksum = 0;
            for (int i = 0; i < entries.Length; i++)
            {
                LogRow row = Row(first, i, entries[i]);
                ReadOnlySpan<byte> envelope = entries[i].Envelope.Span;
                envelope.CopyTo(buffer.AsSpan(at));
                checksum = LogRow.Checksum(row, envelope);
                new RowPart(row.BlobId, row.FirstSeq, row.SenderSeq, checksum, at, envelope.Length).Write(parts[(i * RowPart.Bytes)..]);
                at += envelope.Length;
            }

            Insert(session, Row(first, entries.Length - 1, entries[^1]), checksum, bytes, new ReadOnlyMemory<byte>(buffer, 0, bytes), new ReadOnlyMemory<byte>(buffer, bytes, partsBytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the new state of a row that is one blob, under a checksum that fits it.</summary>
    public static void Update(SqliteSession session, in LogRow row, byte[]? proof, byte[]? envelope) => session.Execute(
        UpdateBlob,
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

    /// <summary>Takes the envelopes out of a row whose time is over.</summary>
    /// <param name="session">The writing thread's.</param>
    /// <param name="row">Its numbers.</param>
    /// <param name="from">The group's oldest cursor: what was trimmed goes altogether.</param>
    /// <param name="nowMs">Relay time.</param>
    /// <returns>How many blobs that were, and their bytes.</returns>
    public static (int Blobs, long Bytes) Expire(SqliteSession session, StoredRow row, ulong from, ulong nowMs)
    {
        int blobs = 0;
        long bytes = 0;
        long checksum = 0;
        byte[]? parts = row.IsPacked ? new byte[row.Count * RowPart.Bytes] : null;
        foreach (StoredBlob blob in row.From(from))
        {
            LogRow expired = blob.Row with { State = EntryState.Expired, StateMs = nowMs };
            checksum = LogRow.Checksum(expired, default);
            if (parts is not null)
                new RowPart(expired.BlobId, expired.FirstSeq, expired.SenderSeq, checksum, Offset: 0, Length: 0).Write(parts.AsSpan(blobs * RowPart.Bytes));

            blobs++;
            bytes += blob.Size;
        }

        session.Execute(
            EmptyParts,
            ("$state", (long)EntryState.Expired),
            ("$since", (long)nowMs),
            ("$checksum", checksum),
            ("$parts", parts?[..(blobs * RowPart.Bytes)]),
            ("$group", row.GroupRef),
            ("$cursor", (long)row.Last));
        return (blobs, bytes);
    }

    /// <summary>Makes a row of each blob of a packed row, as it is: what is damaged stays so.</summary>
    /// <param name="session">The writing thread's.</param>
    /// <param name="row">With its envelopes.</param>
    /// <param name="from">The group's oldest cursor: what was trimmed goes altogether.</param>
    /// <returns>By how much the sizes of the rows are more than that of the packed one: not zero where a length is damaged.</returns>
    public static long TakeApart(SqliteSession session, StoredRow row, ulong from)
    {
        long before = row.Size - row.From(0).TakeWhile(blob => blob.Row.Cursor < from).Sum(blob => blob.Size);
        long after = 0;
        Delete(session, row.GroupRef, (long)row.Last);
        foreach (StoredBlob blob in row.From(from))
        {
            Insert(session, blob.Row, blob.Checksum, blob.Body.Length, row.State == EntryState.Blob ? blob.Body : default(SqlValue), default);
            after += blob.Body.Length;
        }

        return after - before;
    }

    /// <summary>Removes the row that has this as its own cursor, if there is one; returns how many those were.</summary>
    public static int Delete(SqliteSession session, long group, long cursor) => session.Execute(DeleteRow, ("$group", group), ("$cursor", cursor));

    private static LogRow Row(in LogRow first, int i, in LogEntry entry) => first with
    {
        Cursor = first.Cursor + (ulong)i,
        BlobId = entry.BlobId,
        FirstSeq = entry.FirstSeq.Value,
        SenderSeq = entry.SenderSeq.Value,
    };

    private static void Insert(SqliteSession session, in LogRow row, long checksum, long size, SqlValue envelope, SqlValue parts) => session.Execute(
        InsertRow,
        ("$group", row.GroupRef),
        ("$cursor", (long)row.Cursor),
        ("$state", (long)row.State),
        ("$since", (long)row.StateMs),
        ("$sender", row.Sender.ToArray()),
        ("$blob", row.BlobId.ToArray()),
        ("$epoch", (long)row.KeyEpoch),
        ("$first", (long)row.FirstSeq),
        ("$seq", (long)row.SenderSeq),
        ("$time", (long)row.TimestampMs),
        ("$expires", (long)row.ExpiresMs),
        ("$size", size),
        ("$checksum", checksum),
        ("$envelope", envelope),
        ("$parts", parts));
}
