using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.TestKit.Protocol.Messages;

/// <summary>A message with its kind forgotten, so that one test runs over all of them.</summary>
public abstract class MessageCase
{
    public abstract MessageCode Code { get; }

    public abstract int FieldCount { get; }

    public abstract byte[] Encode();

    /// <summary>Decodes as this kind; null where the bytes are refused.</summary>
    public abstract MessageCase? Decode(ReadOnlyMemory<byte> bytes);

    /// <summary>What came out is encoded again, because messages hold slices that do not compare.</summary>
    public byte[]? DecodeAndEncode(ReadOnlyMemory<byte> bytes) => Decode(bytes)?.Encode();

    public static MessageCase Of<T>(T message)
        where T : class, IMessage<T> => new Typed<T>(message);

    private sealed class Typed<T>(T message) : MessageCase
        where T : class, IMessage<T>
    {
        public override MessageCode Code => T.Code;

        public override int FieldCount => T.FieldCount;

        public override byte[] Encode() => MessageCodec.Encode(message);

        public override MessageCase? Decode(ReadOnlyMemory<byte> bytes) => MessageCodec.TryDecode(bytes, out T? decoded) ? new Typed<T>(decoded) : null;
    }
}
