using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The new group secret, sealed to one device.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Wrap">Opens with the device's two keys.</param>
public readonly record struct DeviceWrap(DeviceId DeviceId, ReadOnlyMemory<byte> Wrap)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 37;

    private const int FieldCount = 2;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteBytes32(DeviceId.Value);
        writer.WriteBinary(Wrap.Span);
    }

    internal static DeviceWrap Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        DeviceId deviceId = new DeviceId(reader.ReadBytes32());
        ReadOnlyMemory<byte> wrap = reader.ReadBinary(Limits.WrapBytes);
        reader.EndFields(extra);
        return new DeviceWrap(deviceId, wrap);
    }
}
