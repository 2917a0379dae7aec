using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The last request of its stream: answered with pages from the cursor on, then with each new page, without end.</summary>
/// <param name="AfterCursor">Pages start after it.</param>
public sealed record Subscribe(Cursor AfterCursor) : IMessage<Subscribe>
{
    public static MessageCode Code => MessageCode.Subscribe;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(AfterCursor.Value);
    }

    public static Subscribe ReadFields(ref MessagePackReader reader) =>
        new(new Cursor(reader.ReadUInt64()));
}
