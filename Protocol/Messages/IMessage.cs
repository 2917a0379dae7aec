using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>
/// A message of the wire: its fields in the order of the table. Header, extra elements and the end of the buffer are
/// <see cref="MessageCodec"/>'s. Bytes it was decoded from stay referenced: slices of the frame, not copies.
/// </summary>
public interface IMessage<TSelf>
    where TSelf : class, IMessage<TSelf>
{
    static abstract MessageCode Code { get; }

    /// <summary>Required fields, the code not counted.</summary>
    static abstract int FieldCount { get; }

    void WriteFields(ref MessagePackWriter writer);

    /// <summary>Reads the fields; what it returns counts only while the reader has not failed.</summary>
    static abstract TSelf ReadFields(ref MessagePackReader reader);
}
