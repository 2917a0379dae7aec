using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The blob is on the relay's disk.</summary>
/// <param name="BlobId">The blob.</param>
/// <param name="Cursor">Its place in the group's log.</param>
/// <param name="TimestampMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="Duplicate">The relay had it already; cursor and time are the first ones.</param>
public sealed record PushAck(
    BlobId BlobId,
    Cursor Cursor,
    ulong TimestampMs,
    bool Duplicate) : IMessage<PushAck>
{
    public static MessageCode Code => MessageCode.PushAck;

    public static int FieldCount => 4;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(BlobId.Value);
        writer.WriteUInt(Cursor.Value);
        writer.WriteUInt(TimestampMs);
        writer.WriteBool(Duplicate);
    }

    public static PushAck ReadFields(ref MessagePackReader reader) =>
        new(
            new BlobId(reader.ReadBytes16()),
            new Cursor(reader.ReadUInt64()),
            reader.ReadUInt64(),
            reader.ReadBool());
}
