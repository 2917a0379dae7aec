using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Whether someone is using the app. Not answered.</summary>
/// <param name="Status">Away or active.</param>
public sealed record Presence(PresenceStatus Status) : IMessage<Presence>
{
    public static MessageCode Code => MessageCode.Presence;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt((byte)Status);
    }

    public static Presence ReadFields(ref MessagePackReader reader) =>
        new((PresenceStatus)reader.ReadUInt8((byte)PresenceStatus.Active));
}
