using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Asks for the devices of the group. Answered by DEVICES.</summary>
public sealed record ListDevices : IMessage<ListDevices>
{
    public static MessageCode Code => MessageCode.ListDevices;

    public static int FieldCount => 0;

    public void WriteFields(ref MessagePackWriter writer)
    {
    }

    public static ListDevices ReadFields(ref MessagePackReader reader) => new();
}
