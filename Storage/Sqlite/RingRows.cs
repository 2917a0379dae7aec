using System.Buffers.Binary;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The last rows of each sender, a segment per append.</summary>
internal static class RingRows
{
    private const int EntryBytes = (3 * sizeof(ulong)) + BlobId.Size;

    public static ImmutableArray<RingEntry> Load(SqliteSession session, long device)
    {
        var ring = ImmutableArray.CreateBuilder<RingEntry>();
        using SqliteDataReader reader = session.Query("SELECT entries FROM ring_segments WHERE device_ref = $device ORDER BY last_seq", ("$device", device));
        while (reader.Read())
        {
            byte[] segment = reader.GetFieldValue<byte[]>(0);
            for (int at = 0; at + EntryBytes <= segment.Length; at += EntryBytes)
                ring.Add(Decode(segment.AsSpan(at, EntryBytes)));
        }

        return ring.DrainToImmutable();
    }

    /// <summary>Adds the rows of an append, whose first cursor is given, and drops segments that no repeat can ask for any more.</summary>
    public static void Append(SqliteSession session, long device, LogAppend append, long firstCursor)
    {
        byte[] segment = new byte[append.Entries.Length * EntryBytes];
        for (int i = 0; i < append.Entries.Length; i++)
        {
            LogEntry entry = append.Entries[i];
            Encode(segment.AsSpan(i * EntryBytes), new RingEntry(entry.SenderSeq, entry.BlobId, new Cursor((ulong)(firstCursor + i)), append.TimestampMs));
        }

        long last = (long)append.Entries[^1].SenderSeq.Value;
        session.Execute("INSERT INTO ring_segments (device_ref, last_seq, entries) VALUES ($device, $last, $entries)", ("$device", device), ("$last", last), ("$entries", segment));
        if (last > Limits.SenderRing)
            session.Execute("DELETE FROM ring_segments WHERE device_ref = $device AND last_seq <= $old", ("$device", device), ("$old", last - Limits.SenderRing));
    }

    private static void Encode(Span<byte> place, RingEntry entry)
    {
        BinaryPrimitives.WriteUInt64BigEndian(place, entry.SenderSeq.Value);
        entry.BlobId.CopyTo(place[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(place[24..], entry.Cursor.Value);
        BinaryPrimitives.WriteUInt64BigEndian(place[32..], entry.TimestampMs);
    }

    private static RingEntry Decode(ReadOnlySpan<byte> place) => new(
        new Sequence(BinaryPrimitives.ReadUInt64BigEndian(place)),
        BlobId.Read(place.Slice(8, BlobId.Size)),
        new Cursor(BinaryPrimitives.ReadUInt64BigEndian(place[24..])),
        BinaryPrimitives.ReadUInt64BigEndian(place[32..]));
}
