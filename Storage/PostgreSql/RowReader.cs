using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>Reads rows of the log: which columns, and in which order.</summary>
internal static class RowReader
{
    public const string Header = "e.group_ref, e.cursor, e.state, e.state_ms, e.sender, e.blob_id, e.key_epoch, e.first_seq, e.sender_seq, e.timestamp_ms, e.expires_ms, e.size";

    /// <summary><see cref="Header"/>, checksum, proof, envelope.</summary>
    public const string Whole = Header + ", e.checksum, e.proof, e.envelope";

    public const int SizeColumn = 11;

    private const int ChecksumColumn = 12;

    public static LogRow ReadHeader(NpgsqlDataReader reader, int at = 0) => new()
    {
        GroupRef = reader.GetInt64(at),
        Cursor = (ulong)reader.GetInt64(at + 1),
        State = (EntryState)reader.GetInt16(at + 2),
        StateMs = (ulong)reader.GetInt64(at + 3),
        Sender = DeviceId.Read(reader.Bytes(at + 4)),
        BlobId = BlobId.Read(reader.Bytes(at + 5)),
        KeyEpoch = (uint)reader.GetInt64(at + 6),
        FirstSeq = (ulong)reader.GetInt64(at + 7),
        SenderSeq = (ulong)reader.GetInt64(at + 8),
        TimestampMs = (ulong)reader.GetInt64(at + 9),
        ExpiresMs = (ulong)reader.GetInt64(at + 10),
    };

    public static long Checksum(NpgsqlDataReader reader, int at = 0) => reader.GetInt64(at + ChecksumColumn);

    /// <summary>Its envelope, or its proof where it is deleted.</summary>
    public static byte[]? Body(NpgsqlDataReader reader, EntryState state, int at = 0) => reader.BytesOrNull(at + ChecksumColumn + (state == EntryState.Deleted ? 1 : 2));

    public static bool IsSound(NpgsqlDataReader reader)
    {
        LogRow row = ReadHeader(reader);
        return LogRow.Checksum(row, Body(reader, row.State)) == Checksum(reader);
    }
}
