using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>A device appeared in the group. A notice.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="DeviceCard">Sealed name and key.</param>
/// <param name="LookupId">The invite it came by; nil where it is not known.</param>
public sealed record DeviceJoined(DeviceId DeviceId, ReadOnlyMemory<byte> DeviceCard, LookupId? LookupId) : IMessage<DeviceJoined>
{
    public static MessageCode Code => MessageCode.DeviceJoined;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes32(DeviceId.Value);
        writer.WriteBinary(DeviceCard.Span);
        if (LookupId is { } lookupId)
            writer.WriteBytes16(lookupId.Value);
        else
            writer.WriteNil();
    }

    public static DeviceJoined ReadFields(ref MessagePackReader reader) =>
        new(
            new DeviceId(reader.ReadBytes32()),
            reader.ReadBinary(Limits.DeviceCardBytes),
            reader.TryReadNil() ? null : new LookupId(reader.ReadBytes16()));
}
