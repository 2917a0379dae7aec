using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>What the migration to version 2 cannot say in SQL.</summary>
internal static class FromVersion1
{
    // sender_seq u64, blob_id 16, cursor u64, timestamp_ms u64
    private const int RingRowBytes = 40;
    private const int KeptBytes = 24;

    public static void Register(SqliteConnection connection)
    {
        connection.CreateFunction("zks_row_checksum", (object?[] row) => Checksum(row), isDeterministic: true);
        connection.CreateFunction("zks_ring_part", (byte[] segment, string part) => RingPart(segment, part), isDeterministic: true);
    }

    // It had the checksum of the envelope alone. Columns as in the migration.
    private static long Checksum(object?[] columns)
    {
        byte[]? envelope = columns[12] as byte[];
        byte[]? proof = columns[13] as byte[];
        var row = new LogRow
        {
            GroupRef = (long)columns[1]!,
            Cursor = (ulong)(long)columns[2]!,
            State = (EntryState)(long)columns[3]!,
            StateMs = (ulong)(long)columns[4]!,
            Sender = DeviceId.Read((byte[])columns[5]!),
            BlobId = BlobId.Read((byte[])columns[6]!),
            KeyEpoch = (uint)(long)columns[7]!,
            FirstSeq = (ulong)(long)columns[8]!,
            SenderSeq = (ulong)(long)columns[9]!,
            TimestampMs = (ulong)(long)columns[10]!,
            ExpiresMs = (ulong)(long)columns[11]!,
        };
        bool wasSound = row.State != EntryState.Blob || unchecked((long)XxHash3.HashToUInt64(envelope)) == (long)columns[0]!;
        long checksum = LogRow.Checksum(row, row.State == EntryState.Deleted ? proof : envelope);
        return wasSound ? checksum : ~checksum;
    }

    private static object RingPart(byte[] segment, string part) => part switch
    {
        "cursor" => BinaryPrimitives.ReadInt64BigEndian(segment.AsSpan(24)),
        "time" => BinaryPrimitives.ReadInt64BigEndian(segment.AsSpan(32)),
        "rows" => segment.Chunk(RingRowBytes).SelectMany(row => row[..KeptBytes]).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "The migration knows three parts."),
    };
}
