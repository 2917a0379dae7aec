using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Opens a session instead of HELLO, for a device that is in no group yet. Answered by DONE whatever the id.</summary>
/// <param name="LookupId">Names the rendezvous; opens nothing.</param>
/// <param name="Kind">Invite or short code.</param>
public sealed record Join(LookupId LookupId, JoinKind Kind) : IMessage<Join>
{
    public static MessageCode Code => MessageCode.Join;

    public static int FieldCount => 2;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(LookupId.Value);
        writer.WriteUInt((byte)Kind);
    }

    public static Join ReadFields(ref MessagePackReader reader) =>
        new(new LookupId(reader.ReadBytes16()), (JoinKind)reader.ReadUInt8((byte)JoinKind.ShortCode));
}
