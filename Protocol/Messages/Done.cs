using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Answers a request that has no result of its own.</summary>
public sealed record Done : IMessage<Done>
{
    public static MessageCode Code => MessageCode.Done;

    public static int FieldCount => 0;

    public void WriteFields(ref MessagePackWriter writer)
    {
    }

    public static Done ReadFields(ref MessagePackReader reader) => new();
}
