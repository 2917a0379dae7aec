using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>A request was refused; the session lives on.</summary>
/// <param name="Reason">Why; a number this version does not know is kept.</param>
/// <param name="Text">For people: no id, name or address.</param>
/// <param name="RetryAfterMs">How long to wait; nil for no wish.</param>
/// <param name="Detail">Numbers, by the code's own meaning.</param>
public sealed record Error(
    ErrorCode Reason,
    string Text,
    uint? RetryAfterMs,
    IReadOnlyList<ulong> Detail) : IMessage<Error>
{
    public static MessageCode Code => MessageCode.Error;

    public static int FieldCount => 4;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt((uint)Reason);
        writer.WriteString(Text);
        writer.WriteOptionalUInt(RetryAfterMs);
        writer.WriteArrayHeader(Detail.Count);
        foreach (ulong number in Detail)
            writer.WriteUInt(number);
    }

    public static Error ReadFields(ref MessagePackReader reader)
    {
        ErrorCode reason = (ErrorCode)reader.ReadUInt32();
        string text = reader.ReadString(Limits.TextBytes);
        uint? retryAfterMs = reader.ReadOptionalUInt32();
        var detail = new ulong[reader.ReadListHeader(Limits.ErrorDetails, 1)];
        for (int i = 0; i < detail.Length && !reader.Failed; i++)
            detail[i] = reader.ReadUInt64();

        return new Error(reason, text, retryAfterMs, detail);
    }
}
