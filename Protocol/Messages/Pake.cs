using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One step of a short code's key exchange. Answered by the other side's next step.</summary>
/// <param name="LookupId">The rendezvous.</param>
/// <param name="Step">0 to 3.</param>
/// <param name="Bytes">The step.</param>
public sealed record Pake(LookupId LookupId, byte Step, ReadOnlyMemory<byte> Bytes) : IMessage<Pake>
{
    public static MessageCode Code => MessageCode.Pake;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(LookupId.Value);
        writer.WriteUInt(Step);
        writer.WriteBinary(Bytes.Span);
    }

    public static Pake ReadFields(ref MessagePackReader reader) =>
        new(
            new LookupId(reader.ReadBytes16()),
            reader.ReadUInt8(),
            reader.ReadBinary(Limits.PakeBytes));
}
