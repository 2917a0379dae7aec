using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>A device as the relay lists it.</summary>
/// <param name="DeviceId">Its static key.</param>
/// <param name="DeviceCard">Sealed name and key.</param>
/// <param name="FirstSeenMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="LastSeenMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="AckedCursor">What it has acknowledged.</param>
/// <param name="Pending">Rows after it.</param>
/// <param name="IsOnline">Whether it has a session.</param>
public readonly record struct DeviceEntry(
    DeviceId DeviceId,
    ReadOnlyMemory<byte> DeviceCard,
    ulong FirstSeenMs,
    ulong LastSeenMs,
    Cursor AckedCursor,
    uint Pending,
    bool IsOnline)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 42;

    private const int FieldCount = 7;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteBytes32(DeviceId.Value);
        writer.WriteBinary(DeviceCard.Span);
        writer.WriteUInt(FirstSeenMs);
        writer.WriteUInt(LastSeenMs);
        writer.WriteUInt(AckedCursor.Value);
        writer.WriteUInt(Pending);
        writer.WriteBool(IsOnline);
    }

    internal static DeviceEntry Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        DeviceId deviceId = new DeviceId(reader.ReadBytes32());
        ReadOnlyMemory<byte> deviceCard = reader.ReadBinary(Limits.DeviceCardBytes);
        ulong firstSeenMs = reader.ReadUInt64();
        ulong lastSeenMs = reader.ReadUInt64();
        Cursor ackedCursor = new Cursor(reader.ReadUInt64());
        uint pending = reader.ReadUInt32();
        bool isOnline = reader.ReadBool();
        reader.EndFields(extra);
        return new DeviceEntry(deviceId, deviceCard, firstSeenMs, lastSeenMs, ackedCursor, pending, isOnline);
    }
}
