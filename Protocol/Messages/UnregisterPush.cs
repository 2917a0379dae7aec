using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>No more wake-ups. Answered by DONE.</summary>
/// <param name="Reason">Why.</param>
public sealed record UnregisterPush(UnregisterReason Reason) : IMessage<UnregisterPush>
{
    public static MessageCode Code => MessageCode.UnregisterPush;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt((byte)Reason);
    }

    public static UnregisterPush ReadFields(ref MessagePackReader reader) =>
        new((UnregisterReason)reader.ReadUInt8((byte)UnregisterReason.TokenInvalid));
}
