using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The devices of the group that are not revoked.</summary>
/// <param name="Entries">One each.</param>
public sealed record Devices(IReadOnlyList<DeviceEntry> Entries) : IMessage<Devices>
{
    public static MessageCode Code => MessageCode.Devices;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Entries.Count);
        foreach (DeviceEntry device in Entries)
            device.Write(ref writer);
    }

    public static Devices ReadFields(ref MessagePackReader reader)
    {
        var entries = new DeviceEntry[reader.ReadListHeader(Limits.Devices, DeviceEntry.EncodedBytesMin)];
        for (int i = 0; i < entries.Length && !reader.Failed; i++)
            entries[i] = DeviceEntry.Read(ref reader);

        return new Devices(entries);
    }
}
