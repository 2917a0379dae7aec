using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The sealed record, handed out once and deleted.</summary>
/// <param name="Sealed">Opens with the invite key.</param>
public sealed record Invite(ReadOnlyMemory<byte> Sealed) : IMessage<Invite>
{
    public static MessageCode Code => MessageCode.Invite;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBinary(Sealed.Span);
    }

    public static Invite ReadFields(ref MessagePackReader reader) =>
        new(reader.ReadBinary(Limits.SealedRecordBytes));
}
