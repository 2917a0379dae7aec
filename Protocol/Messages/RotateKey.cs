using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Moves the group to its next key epoch. Answered by DONE.</summary>
/// <param name="Statement">What changes.</param>
/// <param name="Signature">Ed25519 under the admission key of the epoch before.</param>
/// <param name="Wraps">One for each device that stays.</param>
public sealed record RotateKey(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Signature, IReadOnlyList<DeviceWrap> Wraps) : IMessage<RotateKey>
{
    public static MessageCode Code => MessageCode.RotateKey;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBinary(Statement.Span);
        writer.WriteBinary(Signature.Span);
        writer.WriteArrayHeader(Wraps.Count);
        foreach (DeviceWrap wrap in Wraps)
            wrap.Write(ref writer);
    }

    public static RotateKey ReadFields(ref MessagePackReader reader)
    {
        ReadOnlyMemory<byte> statement = reader.ReadBinary(Limits.StatementBytes);
        ReadOnlyMemory<byte> signature = reader.ReadFixed(Limits.SignatureBytes);
        var wraps = new DeviceWrap[reader.ReadListHeader(Limits.Devices, DeviceWrap.EncodedBytesMin)];
        for (int i = 0; i < wraps.Length && !reader.Failed; i++)
            wraps[i] = DeviceWrap.Read(ref reader);

        return new RotateKey(statement, signature, wraps);
    }
}
