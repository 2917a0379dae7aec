using System.Buffers.Binary;
using System.IO.Hashing;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>
/// A row of the log as an engine keeps it. Its checksum is over all of it, its place and its group included: bytes that changed on the disk,
/// and an index that leads to another row, both show.
/// </summary>
internal readonly record struct LogRow
{
    private const int HeaderBytes = (6 * sizeof(ulong)) + sizeof(uint) + 1 + DeviceId.Size + BlobId.Size;

    public required long GroupRef { get; init; }

    public required ulong Cursor { get; init; }

    public required EntryState State { get; init; }

    /// <summary>Since when, ms of relay time.</summary>
    public required ulong StateMs { get; init; }

    public required DeviceId Sender { get; init; }

    public required BlobId BlobId { get; init; }

    public required uint KeyEpoch { get; init; }

    public required ulong FirstSeq { get; init; }

    public required ulong SenderSeq { get; init; }

    public required ulong TimestampMs { get; init; }

    public required ulong ExpiresMs { get; init; }

    /// <summary>The row of an entry, as it is when it was just appended.</summary>
    /// <param name="append">What its entries have in common.</param>
    /// <param name="group">The group's row; 0 where the engine adds it.</param>
    /// <param name="cursor">Its cursor; 0 where the engine assigns it.</param>
    /// <param name="entry">One of them.</param>
    public static LogRow Appended(LogAppend append, long group, ulong cursor, in LogEntry entry) => new()
    {
        GroupRef = group,
        Cursor = cursor,
        State = EntryState.Blob,
        StateMs = append.TimestampMs,
        Sender = append.Sender,
        BlobId = entry.BlobId,
        KeyEpoch = entry.KeyEpoch.Value,
        FirstSeq = entry.FirstSeq.Value,
        SenderSeq = entry.SenderSeq.Value,
        TimestampMs = append.TimestampMs,
        ExpiresMs = entry.ExpiresMs,
    };

    /// <summary>What the engine keeps beside the row.</summary>
    public static long Checksum(in LogRow row, ReadOnlySpan<byte> body) => ContentChecksum(row, body) ^ (long)row.Cursor ^ (row.GroupRef << 32);

    /// <summary>
    /// The part that is known before the row has its place: XXH3-64 of the body, seeded by that of the header. An engine that assigns cursors
    /// by itself adds them: <c>checksum # cursor # (group_ref &lt;&lt; 32)</c>.
    /// </summary>
    public static long ContentChecksum(in LogRow row, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        Span<byte> rest = header;
        Put(ref rest, row.StateMs);
        Put(ref rest, row.FirstSeq);
        Put(ref rest, row.SenderSeq);
        Put(ref rest, row.TimestampMs);
        Put(ref rest, row.ExpiresMs);
        Put(ref rest, (ulong)body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(rest, row.KeyEpoch);
        rest[sizeof(uint)] = (byte)row.State;
        rest = rest[(sizeof(uint) + 1)..];
        row.Sender.CopyTo(rest);
        row.BlobId.CopyTo(rest[DeviceId.Size..]);
        return unchecked((long)XxHash3.HashToUInt64(body, unchecked((long)XxHash3.HashToUInt64(header))));
    }

    /// <summary>What a reader is told of it once the checksum was right.</summary>
    /// <param name="nowMs">Relay time.</param>
    /// <param name="body">Its envelope, or its proof where it is deleted.</param>
    public PageEntry ToEntry(ulong nowMs, ReadOnlyMemory<byte> body)
    {
        bool isExpired = State == EntryState.Blob && ExpiresMs <= nowMs;
        return new PageEntry
        {
            Cursor = new Cursor(Cursor),
            State = isExpired ? EntryState.Expired : State,
            Sender = Sender,
            BlobId = BlobId,
            KeyEpoch = new KeyEpoch(KeyEpoch),
            FirstSeq = new Sequence(FirstSeq),
            SenderSeq = new Sequence(SenderSeq),
            TimestampMs = TimestampMs,
            Envelope = State == EntryState.Blob && !isExpired ? body : default(ReadOnlyMemory<byte>?),
            Proof = State == EntryState.Deleted ? body : default(ReadOnlyMemory<byte>?),
        };
    }

    /// <summary>What a reader is told when the checksum was wrong.</summary>
    public PageEntry ToCorruptEntry() => (this with { State = EntryState.Corrupt }).ToEntry(0, default);

    private static void Put(ref Span<byte> rest, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(rest, value);
        rest = rest[sizeof(ulong)..];
    }
}
