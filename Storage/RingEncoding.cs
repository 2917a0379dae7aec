using System.Buffers.Binary;
using System.Collections.Immutable;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>
/// What is remembered of accepted rows, a segment per append. Per row, big-endian: sender_seq u64, blob_id 16, cursor u64, timestamp_ms u64.
/// Rewriting the whole ring would cost more than the blob.
/// </summary>
internal static class RingEncoding
{
    /// <summary>Old segments are dropped when a sender's sequence passes a multiple of this, not at every append.</summary>
    public const ulong DropEvery = 64;

    private const int EntryBytes = (3 * sizeof(ulong)) + BlobId.Size;

    /// <summary>The segment of an append whose first cursor is given.</summary>
    public static byte[] Encode(LogAppend append, ulong firstCursor)
    {
        byte[] segment = new byte[append.Entries.Length * EntryBytes];
        for (int i = 0; i < append.Entries.Length; i++)
        {
            LogEntry entry = append.Entries[i];
            Span<byte> place = segment.AsSpan(i * EntryBytes);
            BinaryPrimitives.WriteUInt64BigEndian(place, entry.SenderSeq.Value);
            entry.BlobId.CopyTo(place[8..]);
            BinaryPrimitives.WriteUInt64BigEndian(place[24..], firstCursor + (ulong)i);
            BinaryPrimitives.WriteUInt64BigEndian(place[32..], append.TimestampMs);
        }

        return segment;
    }

    public static void Decode(ReadOnlySpan<byte> segment, ImmutableArray<RingEntry>.Builder ring)
    {
        for (int at = 0; at + EntryBytes <= segment.Length; at += EntryBytes)
        {
            ReadOnlySpan<byte> place = segment.Slice(at, EntryBytes);
            ring.Add(new RingEntry(
                new Sequence(BinaryPrimitives.ReadUInt64BigEndian(place)),
                BlobId.Read(place.Slice(8, BlobId.Size)),
                new Cursor(BinaryPrimitives.ReadUInt64BigEndian(place[24..])),
                BinaryPrimitives.ReadUInt64BigEndian(place[32..])));
        }
    }

    /// <summary>Segments that end at or below this sequence can be asked for by no repeat; 0 where nothing is dropped this time.</summary>
    public static ulong DropThrough(LogAppend append)
    {
        ulong last = append.Entries[^1].SenderSeq.Value;
        ulong first = append.Entries[0].FirstSeq.Value;
        return last / DropEvery != (first - 1) / DropEvery && last > Limits.SenderRing ? last - Limits.SenderRing : 0;
    }
}
