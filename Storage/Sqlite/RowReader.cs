using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Reads rows of the log: which columns, in which order, and what counts as one that cannot be read.</summary>
internal static class RowReader
{
    /// <summary>What a checksum covers but the body. The envelope is the table's last column, so this does not touch its pages.</summary>
    public const string Header = "group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms";

    /// <summary>All of it: <see cref="Header"/>, checksum, proof, envelope.</summary>
    public const string Whole = Header + ", checksum, proof, envelope";

    private const int ChecksumColumn = 11;

    public static LogRow ReadHeader(SqliteDataReader reader, int at = 0) => new()
    {
        GroupRef = reader.GetInt64(at),
        Cursor = (ulong)reader.GetInt64(at + 1),
        State = (EntryState)reader.GetInt64(at + 2),
        StateMs = (ulong)reader.GetInt64(at + 3),
        Sender = DeviceId.Read(reader.GetFieldValue<byte[]>(at + 4)),
        BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(at + 5)),
        KeyEpoch = (uint)reader.GetInt64(at + 6),
        FirstSeq = (ulong)reader.GetInt64(at + 7),
        SenderSeq = (ulong)reader.GetInt64(at + 8),
        TimestampMs = (ulong)reader.GetInt64(at + 9),
        ExpiresMs = (ulong)reader.GetInt64(at + 10),
    };

    public static long Checksum(SqliteDataReader reader) => reader.GetInt64(ChecksumColumn);

    public static byte[]? Proof(SqliteDataReader reader) => Bytes(reader, ChecksumColumn + 1);

    public static byte[]? Envelope(SqliteDataReader reader) => Bytes(reader, ChecksumColumn + 2);

    public static bool IsSound(SqliteDataReader reader)
    {
        LogRow row = ReadHeader(reader);
        return LogRow.Checksum(row, row.State == EntryState.Deleted ? Proof(reader) : Envelope(reader)) == Checksum(reader);
    }

    /// <summary>A damaged page is an error of the engine; a damaged record decodes to the wrong type, length or number.</summary>
    public static bool IsDamage(Exception exception) => exception
        is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT }
        or InvalidCastException
        or InvalidOperationException
        or FormatException
        or ArgumentException
        or OverflowException;

    /// <summary>What is told of a row that cannot be had: what a ring still knows of it, else zeros.</summary>
    public static PageEntry Lost(SqliteSession session, long group, ulong cursor)
    {
        StorageMetrics.UnreadableRows.Add(1);
        (DeviceId sender, RingEntry known) = RingRows.Find(session, group, cursor) ?? default;
        return new PageEntry
        {
            Cursor = new Cursor(cursor),
            State = EntryState.Corrupt,
            Sender = sender,
            BlobId = known.BlobId,
            KeyEpoch = default,
            FirstSeq = known.SenderSeq,
            SenderSeq = known.SenderSeq,
            TimestampMs = known.TimestampMs,
        };
    }

    private static byte[]? Bytes(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}
