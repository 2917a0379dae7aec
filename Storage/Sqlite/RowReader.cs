using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Reads rows of the log: which columns, in which order, and what counts as one that cannot be read.</summary>
internal static class RowReader
{
    /// <summary>All but proof and envelope. The table's last columns are those and the parts, which one blob has none of: so its envelope's pages are not touched.</summary>
    public const string Numbers = "group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, checksum, size, parts";

    /// <summary><see cref="Numbers"/>, proof, envelope.</summary>
    public const string Whole = Numbers + ", proof, envelope";

    private const string Containing = "FROM entries WHERE group_ref = $group AND cursor >= $cursor ORDER BY cursor LIMIT 1";
    private const string SelectNumbers = $"SELECT {Numbers} {Containing}";
    private const string SelectWhole = $"SELECT {Whole} {Containing}";
    private const int ChecksumColumn = 11;
    private const int SizeColumn = 12;
    private const int PartsColumn = 13;
    private const int ProofColumn = 14;
    private const int EnvelopeColumn = 15;

    /// <summary>The numbers of the row that has a cursor.</summary>
    public static StoredRow? FindNumbers(SqliteSession session, long group, ulong cursor)
    {
        using SqliteDataReader reader = session.Query(SelectNumbers, ("$group", group), ("$cursor", (long)cursor));
        return reader.Read() && ReadNumbers(reader) is { } row && row.First <= cursor ? row : null;
    }

    /// <summary>The row that has a cursor.</summary>
    public static StoredRow? Find(SqliteSession session, long group, ulong cursor)
    {
        using SqliteDataReader reader = session.Query(SelectWhole, ("$group", group), ("$cursor", (long)cursor));
        return reader.Read() && Read(reader) is { } row && row.First <= cursor ? row : null;
    }

    /// <summary>A row of <see cref="Numbers"/>.</summary>
    public static StoredRow ReadNumbers(SqliteDataReader reader) => Read(reader, Columns(reader), default);

    /// <summary>A row of <see cref="Whole"/>.</summary>
    public static StoredRow Read(SqliteDataReader reader)
    {
        LogRow row = Columns(reader);
        return Read(reader, row, Bytes(reader, row.State == EntryState.Deleted ? ProofColumn : EnvelopeColumn));
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

    private static StoredRow Read(SqliteDataReader reader, in LogRow row, byte[]? body) =>
        new(row, reader.GetInt64(ChecksumColumn), reader.GetInt64(SizeColumn), Bytes(reader, PartsColumn), body);

    private static LogRow Columns(SqliteDataReader reader) => new()
    {
        GroupRef = reader.GetInt64(0),
        Cursor = (ulong)reader.GetInt64(1),
        State = (EntryState)reader.GetInt64(2),
        StateMs = (ulong)reader.GetInt64(3),
        Sender = DeviceId.Read(reader.GetFieldValue<byte[]>(4)),
        BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(5)),
        KeyEpoch = (uint)reader.GetInt64(6),
        FirstSeq = (ulong)reader.GetInt64(7),
        SenderSeq = (ulong)reader.GetInt64(8),
        TimestampMs = (ulong)reader.GetInt64(9),
        ExpiresMs = (ulong)reader.GetInt64(10),
    };

    private static byte[]? Bytes(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}
