using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The head moved. A hint, coalesced: losing it loses no data.</summary>
/// <param name="HeadCursor">The head.</param>
/// <param name="Count">Rows since the last notice.</param>
/// <param name="SizeBytes">Bytes of their envelopes; saturates.</param>
public sealed record Notify(Cursor HeadCursor, uint Count, uint SizeBytes) : IMessage<Notify>
{
    public static MessageCode Code => MessageCode.Notify;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(HeadCursor.Value);
        writer.WriteUInt(Count);
        writer.WriteUInt(SizeBytes);
    }

    public static Notify ReadFields(ref MessagePackReader reader) =>
        new(
            new Cursor(reader.ReadUInt64()),
            reader.ReadUInt32(),
            reader.ReadUInt32());
}
