using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The group moved to its next key epoch. A notice.</summary>
/// <param name="Statement">What changed.</param>
/// <param name="Signature">Ed25519 under the admission key of the epoch before.</param>
/// <param name="Members">The devices with a wrap, ascending.</param>
/// <param name="Wrap">The receiving device's own; nil where there is none.</param>
public sealed record KeyRotated(
    ReadOnlyMemory<byte> Statement,
    ReadOnlyMemory<byte> Signature,
    IReadOnlyList<DeviceId> Members,
    ReadOnlyMemory<byte>? Wrap) : IMessage<KeyRotated>
{
    public static MessageCode Code => MessageCode.KeyRotated;

    public static int FieldCount => 4;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBinary(Statement.Span);
        writer.WriteBinary(Signature.Span);
        writer.WriteArrayHeader(Members.Count);
        foreach (DeviceId device in Members)
            writer.WriteBytes32(device.Value);

        writer.WriteOptionalBinary(Wrap);
    }

    public static KeyRotated ReadFields(ref MessagePackReader reader)
    {
        ReadOnlyMemory<byte> statement = reader.ReadBinary(Limits.StatementBytes);
        ReadOnlyMemory<byte> signature = reader.ReadFixed(Limits.SignatureBytes);
        var members = new DeviceId[reader.ReadListHeader(Limits.Devices, 34)];
        for (int i = 0; i < members.Length && !reader.Failed; i++)
            members[i] = new DeviceId(reader.ReadBytes32());

        return new KeyRotated(statement, signature, members, reader.ReadOptionalBinary(Limits.WrapBytes));
    }
}
