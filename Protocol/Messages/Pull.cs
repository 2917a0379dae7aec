using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Asks for one page. It only reads: nothing is acknowledged by it.</summary>
/// <param name="AfterCursor">The page starts after it; 0 for the start.</param>
/// <param name="Limit">Entries at most; 0 for <see cref="Limits.PageEntriesDefault"/>.</param>
/// <param name="BytesMax">Encoded bytes at most; 0 for the relay's own bound. One entry is always allowed.</param>
/// <param name="Own">Also the rows this device pushed.</param>
public sealed record Pull(
    Cursor AfterCursor,
    uint Limit,
    uint BytesMax,
    bool Own) : IMessage<Pull>
{
    public static MessageCode Code => MessageCode.Pull;

    public static int FieldCount => 4;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(AfterCursor.Value);
        writer.WriteUInt(Limit);
        writer.WriteUInt(BytesMax);
        writer.WriteBool(Own);
    }

    public static Pull ReadFields(ref MessagePackReader reader) =>
        new(
            new Cursor(reader.ReadUInt64()),
            reader.ReadUInt32(),
            reader.ReadUInt32(),
            reader.ReadBool());
}
