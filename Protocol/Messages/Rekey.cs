using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One step of a new handshake inside the session. Not answered as a request is.</summary>
/// <param name="HandshakeMessage">Empty: a request by the relay, or its confirmation.</param>
public sealed record Rekey(ReadOnlyMemory<byte> HandshakeMessage) : IMessage<Rekey>
{
    public static MessageCode Code => MessageCode.Rekey;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBinary(HandshakeMessage.Span);
    }

    public static Rekey ReadFields(ref MessagePackReader reader) =>
        new(reader.ReadBinary(Limits.RekeyBytes));
}
