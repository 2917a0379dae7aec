using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>A device was revoked. A notice.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="RevokedBy">Who did it.</param>
/// <param name="TimestampMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="Reason">Why.</param>
public sealed record DeviceRevoked(
    DeviceId DeviceId,
    DeviceId RevokedBy,
    ulong TimestampMs,
    RevokeReason Reason) : IMessage<DeviceRevoked>
{
    public static MessageCode Code => MessageCode.DeviceRevoked;

    public static int FieldCount => 4;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes32(DeviceId.Value);
        writer.WriteBytes32(RevokedBy.Value);
        writer.WriteUInt(TimestampMs);
        writer.WriteUInt((byte)Reason);
    }

    public static DeviceRevoked ReadFields(ref MessagePackReader reader) =>
        new(
            new DeviceId(reader.ReadBytes32()),
            new DeviceId(reader.ReadBytes32()),
            reader.ReadUInt64(),
            (RevokeReason)reader.ReadUInt8((byte)RevokeReason.Compromised));
}
