using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One row of the log.</summary>
/// <param name="Cursor">Its place.</param>
/// <param name="State">Whether the blob is there.</param>
/// <param name="SenderId">Who pushed it.</param>
/// <param name="BlobId">The blob.</param>
/// <param name="KeyEpoch">Of the envelope; of the proof where the blob was deleted.</param>
/// <param name="FirstSeq">First sequence it stands for.</param>
/// <param name="SenderSeq">The sender's count.</param>
/// <param name="TimestampMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="Envelope">Nil where the blob is not there.</param>
/// <param name="Proof">The sender's proof of a deletion; else nil.</param>
public readonly record struct PullEntry(
    Cursor Cursor,
    PullEntryState State,
    DeviceId SenderId,
    BlobId BlobId,
    KeyEpoch KeyEpoch,
    Sequence FirstSeq,
    Sequence SenderSeq,
    ulong TimestampMs,
    ReadOnlyMemory<byte>? Envelope,
    ReadOnlyMemory<byte>? Proof)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 61;

    private const int FieldCount = 10;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteUInt(Cursor.Value);
        writer.WriteUInt((byte)State);
        writer.WriteBytes32(SenderId.Value);
        writer.WriteBytes16(BlobId.Value);
        writer.WriteUInt(KeyEpoch.Value);
        writer.WriteUInt(FirstSeq.Value);
        writer.WriteUInt(SenderSeq.Value);
        writer.WriteUInt(TimestampMs);
        writer.WriteOptionalBinary(Envelope);
        writer.WriteOptionalBinary(Proof);
    }

    internal static PullEntry Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        Cursor cursor = new Cursor(reader.ReadUInt64());
        PullEntryState state = (PullEntryState)reader.ReadUInt8((byte)PullEntryState.Corrupt);
        DeviceId senderId = new DeviceId(reader.ReadBytes32());
        BlobId blobId = new BlobId(reader.ReadBytes16());
        KeyEpoch keyEpoch = new KeyEpoch(reader.ReadUInt32());
        Sequence firstSeq = new Sequence(reader.ReadUInt64());
        Sequence senderSeq = new Sequence(reader.ReadUInt64());
        ulong timestampMs = reader.ReadUInt64();
        ReadOnlyMemory<byte>? envelope = reader.ReadOptionalBinary(Limits.EnvelopeBytes);
        ReadOnlyMemory<byte>? proof = reader.ReadOptionalFixed(Limits.SignatureBytes);
        reader.EndFields(extra);
        return new PullEntry(cursor, state, senderId, blobId, keyEpoch, firstSeq, senderSeq, timestampMs, envelope, proof);
    }
}
