using System.Buffers.Binary;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// What a packed row says of one of its blobs. Where its envelope begins and how long it is, so that a damaged number costs that blob alone.
/// </summary>
internal readonly record struct RowPart(BlobId BlobId, ulong FirstSeq, ulong SenderSeq, long Checksum, int Offset, int Length)
{
    public const int Bytes = BlobId.Size + (3 * sizeof(ulong)) + (2 * sizeof(int));

    public static RowPart Read(ReadOnlySpan<byte> part)
    {
        ReadOnlySpan<byte> numbers = part[BlobId.Size..Bytes];
        return new RowPart(
            BlobId.Read(part[..BlobId.Size]),
            BinaryPrimitives.ReadUInt64BigEndian(numbers),
            BinaryPrimitives.ReadUInt64BigEndian(numbers[8..]),
            BinaryPrimitives.ReadInt64BigEndian(numbers[16..]),
            BinaryPrimitives.ReadInt32BigEndian(numbers[24..]),
            BinaryPrimitives.ReadInt32BigEndian(numbers[28..]));
    }

    public void Write(Span<byte> part)
    {
        BlobId.CopyTo(part);
        Span<byte> numbers = part[BlobId.Size..Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(numbers, FirstSeq);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], SenderSeq);
        BinaryPrimitives.WriteInt64BigEndian(numbers[16..], Checksum);
        BinaryPrimitives.WriteInt32BigEndian(numbers[24..], Offset);
        BinaryPrimitives.WriteInt32BigEndian(numbers[28..], Length);
    }

    /// <summary>Its envelope; empty where it is none of these bytes.</summary>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> envelopes) =>
        Offset >= 0 && Length >= 0 && Offset <= envelopes.Length - Length ? envelopes.Slice(Offset, Length) : default;
}
