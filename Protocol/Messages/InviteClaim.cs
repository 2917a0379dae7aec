using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Claims the rendezvous of JOIN. Answered by INVITE.</summary>
public sealed record InviteClaim : IMessage<InviteClaim>
{
    public static MessageCode Code => MessageCode.InviteClaim;

    public static int FieldCount => 0;

    public void WriteFields(ref MessagePackWriter writer)
    {
    }

    public static InviteClaim ReadFields(ref MessagePackReader reader) => new();
}
