using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Puts the envelope back into a corrupt row with the same three ids. Answered by DONE.</summary>
/// <param name="Cursor">The row.</param>
/// <param name="SenderId">Who pushed it.</param>
/// <param name="SenderSeq">The sender's count.</param>
/// <param name="BlobId">The blob.</param>
/// <param name="Envelope">Byte for byte the one pushed.</param>
public sealed record Refill(
    Cursor Cursor,
    DeviceId SenderId,
    Sequence SenderSeq,
    BlobId BlobId,
    ReadOnlyMemory<byte> Envelope) : IMessage<Refill>
{
    public static MessageCode Code => MessageCode.Refill;

    public static int FieldCount => 5;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(Cursor.Value);
        writer.WriteBytes32(SenderId.Value);
        writer.WriteUInt(SenderSeq.Value);
        writer.WriteBytes16(BlobId.Value);
        writer.WriteBinary(Envelope.Span);
    }

    public static Refill ReadFields(ref MessagePackReader reader) =>
        new(
            new Cursor(reader.ReadUInt64()),
            new DeviceId(reader.ReadBytes32()),
            new Sequence(reader.ReadUInt64()),
            new BlobId(reader.ReadBytes16()),
            reader.ReadBinary(Limits.EnvelopeBytes));
}
