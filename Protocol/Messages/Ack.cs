using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Everything up to the cursor is durably stored by this device. Answered by DONE.</summary>
/// <param name="Cursor">At most the head.</param>
public sealed record Ack(Cursor Cursor) : IMessage<Ack>
{
    public static MessageCode Code => MessageCode.Ack;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(Cursor.Value);
    }

    public static Ack ReadFields(ref MessagePackReader reader) =>
        new(new Cursor(reader.ReadUInt64()));
}
