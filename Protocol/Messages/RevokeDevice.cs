using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Blocks a device id until the rotation that must follow. Answered by DONE.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Reason">Why.</param>
public sealed record RevokeDevice(DeviceId DeviceId, RevokeReason Reason) : IMessage<RevokeDevice>
{
    public static MessageCode Code => MessageCode.RevokeDevice;

    public static int FieldCount => 2;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes32(DeviceId.Value);
        writer.WriteUInt((byte)Reason);
    }

    public static RevokeDevice ReadFields(ref MessagePackReader reader) =>
        new(new DeviceId(reader.ReadBytes32()), (RevokeReason)reader.ReadUInt8((byte)RevokeReason.Compromised));
}
