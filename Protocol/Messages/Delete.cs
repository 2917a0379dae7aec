using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Removes the sender's own blob; the row stays with its proof. Answered by DONE.</summary>
/// <param name="BlobId">The blob.</param>
/// <param name="Cursor">Its row.</param>
/// <param name="SenderSeq">The sender's count.</param>
/// <param name="KeyEpoch">The epoch the proof verifies under.</param>
/// <param name="Proof">Ed25519 under the admission key of that epoch.</param>
/// <param name="Force">Also if not every device has acknowledged it.</param>
public sealed record Delete(
    BlobId BlobId,
    Cursor Cursor,
    Sequence SenderSeq,
    KeyEpoch KeyEpoch,
    ReadOnlyMemory<byte> Proof,
    bool Force) : IMessage<Delete>
{
    public static MessageCode Code => MessageCode.Delete;

    public static int FieldCount => 6;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(BlobId.Value);
        writer.WriteUInt(Cursor.Value);
        writer.WriteUInt(SenderSeq.Value);
        writer.WriteUInt(KeyEpoch.Value);
        writer.WriteBinary(Proof.Span);
        writer.WriteBool(Force);
    }

    public static Delete ReadFields(ref MessagePackReader reader) =>
        new(
            new BlobId(reader.ReadBytes16()),
            new Cursor(reader.ReadUInt64()),
            new Sequence(reader.ReadUInt64()),
            new KeyEpoch(reader.ReadUInt32()),
            reader.ReadFixed(Limits.SignatureBytes),
            reader.ReadBool());
}
