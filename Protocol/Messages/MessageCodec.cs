using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Turns messages into the one MessagePack array the wire carries, and back. Bytes that are not exactly one message are refused.</summary>
public static class MessageCodec
{
    /// <summary>Bytes <paramref name="message"/> takes.</summary>
    public static int GetEncodedSize<T>(T message)
        where T : class, IMessage<T>
    {
        var writer = MessagePackWriter.Measuring();
        Write(ref writer, message);
        return writer.Written;
    }

    /// <summary>Writes into a buffer of at least <see cref="GetEncodedSize"/> bytes and returns how many were used.</summary>
    public static int Encode<T>(T message, Span<byte> destination)
        where T : class, IMessage<T>
    {
        var writer = new MessagePackWriter(destination);
        Write(ref writer, message);
        return writer.Written;
    }

    /// <summary>A new array of exactly the encoded bytes.</summary>
    public static byte[] Encode<T>(T message)
        where T : class, IMessage<T>
    {
        byte[] bytes = new byte[GetEncodedSize(message)];
        Encode(message, bytes);
        return bytes;
    }

    /// <summary>Whether messages of a kind may share a frame: the pushes and their answers, which come in hundreds.</summary>
    public static bool SharesFrames(MessageCode code) => code is MessageCode.Push or MessageCode.PushAck;

    /// <summary>
    /// Bytes of the first of the messages of a frame. All of them where they do not begin with one that shares its frame, or is not even well
    /// formed: what is one message to its reader is refused once, however many it could be.
    /// </summary>
    public static int GetFirstLength(ReadOnlyMemory<byte> bytes)
    {
        if (!TryReadCode(bytes, out MessageCode code) || !SharesFrames(code))
            return bytes.Length;

        var reader = new MessagePackReader(bytes);
        reader.SkipMessage();
        return reader.Failed ? bytes.Length : bytes.Length - reader.Remaining;
    }

    /// <summary>Reads which message this is; its fields are not looked at. A code nobody defined is returned as it is.</summary>
    public static bool TryReadCode(ReadOnlyMemory<byte> bytes, out MessageCode code)
    {
        var reader = new MessagePackReader(bytes);
        reader.BeginFields(required: 1);
        code = (MessageCode)reader.ReadUInt8();
        return !reader.Failed;
    }

    /// <summary>Decodes a message of a known kind. The result refers to <paramref name="bytes"/>.</summary>
    public static bool TryDecode<T>(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        var reader = new MessagePackReader(bytes);
        int extra = reader.BeginFields(1 + T.FieldCount);
        if (reader.ReadUInt8() != (byte)T.Code)
            reader.Fail();

        T? read = reader.Failed ? null : T.ReadFields(ref reader);
        reader.EndFields(extra);
        message = reader.Failed || reader.Remaining != 0 ? null : read;
        return message is not null;
    }

    private static void Write<T>(ref MessagePackWriter writer, T message)
        where T : class, IMessage<T>
    {
        writer.WriteArrayHeader(1 + T.FieldCount);
        writer.WriteUInt((byte)T.Code);
        message.WriteFields(ref writer);
    }
}
