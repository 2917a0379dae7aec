using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Ends a rendezvous. Answered by DONE.</summary>
/// <param name="LookupId">The rendezvous.</param>
public sealed record InviteCancel(LookupId LookupId) : IMessage<InviteCancel>
{
    public static MessageCode Code => MessageCode.InviteCancel;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(LookupId.Value);
    }

    public static InviteCancel ReadFields(ref MessagePackReader reader) =>
        new(new LookupId(reader.ReadBytes16()));
}
