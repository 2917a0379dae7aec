using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One rotation as a device may adopt it.</summary>
/// <param name="Statement">What changed.</param>
/// <param name="Signature">Ed25519 under the admission key of the epoch before.</param>
/// <param name="Members">The devices with a wrap, ascending.</param>
/// <param name="Wrap">The asking device's own; nil where the relay has none.</param>
public readonly record struct Rotation(
    ReadOnlyMemory<byte> Statement,
    ReadOnlyMemory<byte> Signature,
    IReadOnlyList<DeviceId> Members,
    ReadOnlyMemory<byte>? Wrap)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 71;

    private const int FieldCount = 4;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteBinary(Statement.Span);
        writer.WriteBinary(Signature.Span);
        writer.WriteArrayHeader(Members.Count);
        foreach (DeviceId device in Members)
            writer.WriteBytes32(device.Value);

        writer.WriteOptionalBinary(Wrap);
    }

    internal static Rotation Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        ReadOnlyMemory<byte> statement = reader.ReadBinary(Limits.StatementBytes);
        ReadOnlyMemory<byte> signature = reader.ReadFixed(Limits.SignatureBytes);
        var members = new DeviceId[reader.ReadListHeader(Limits.Devices, 34)];
        for (int i = 0; i < members.Length && !reader.Failed; i++)
            members[i] = new DeviceId(reader.ReadBytes32());

        ReadOnlyMemory<byte>? wrap = reader.ReadOptionalBinary(Limits.WrapBytes);
        reader.EndFields(extra);
        return new Rotation(statement, signature, members, wrap);
    }
}
