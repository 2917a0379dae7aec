using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The group record, from the creator to the joiner after both confirmed.</summary>
/// <param name="Sealed">Opens with the transfer key.</param>
public sealed record Handover(ReadOnlyMemory<byte> Sealed) : IMessage<Handover>
{
    public static MessageCode Code => MessageCode.Handover;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBinary(Sealed.Span);
    }

    public static Handover ReadFields(ref MessagePackReader reader) =>
        new(reader.ReadBinary(Limits.SealedRecordBytes));
}
