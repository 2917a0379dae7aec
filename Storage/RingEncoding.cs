using System.Buffers.Binary;
using System.Collections.Immutable;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>
/// What is remembered of accepted rows, a segment per append: rewriting the whole ring would cost more than the blob. Per row, big-endian:
/// sender_seq u64, blob_id 16; the segment says the first row's cursor, which the others follow, and the time of all.
/// </summary>
internal static class RingEncoding
{
    /// <summary>Old segments are dropped when a sender's sequence passes a multiple of this, not at every append.</summary>
    public const ulong DropEvery = 64;

    private const int EntryBytes = sizeof(ulong) + BlobId.Size;

    public static byte[] Encode(ImmutableArray<LogEntry> entries)
    {
        byte[] segment = new byte[entries.Length * EntryBytes];
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> place = segment.AsSpan(i * EntryBytes);
            BinaryPrimitives.WriteUInt64BigEndian(place, entries[i].SenderSeq.Value);
            entries[i].BlobId.CopyTo(place[sizeof(ulong)..]);
        }

        return segment;
    }

    public static void Decode(ReadOnlySpan<byte> segment, ulong firstCursor, ulong timestampMs, ImmutableArray<RingEntry>.Builder ring)
    {
        for (int i = 0; (i + 1) * EntryBytes <= segment.Length; i++)
        {
            ReadOnlySpan<byte> place = segment.Slice(i * EntryBytes, EntryBytes);
            ring.Add(new RingEntry(
                new Sequence(BinaryPrimitives.ReadUInt64BigEndian(place)),
                BlobId.Read(place[sizeof(ulong)..]),
                new Cursor(firstCursor + (ulong)i),
                timestampMs));
        }
    }

    /// <summary>Segments that end at or below this sequence can be asked for by no repeat; 0 where nothing is dropped this time.</summary>
    /// <param name="entries">What was appended.</param>
    public static ulong DropThrough(ImmutableArray<LogEntry> entries)
    {
        ulong last = entries[^1].SenderSeq.Value;
        ulong first = entries[0].FirstSeq.Value;
        return last / DropEvery != (first - 1) / DropEvery && last > Limits.SenderRing ? last - Limits.SenderRing : 0;
    }
}
