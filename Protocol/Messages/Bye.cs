using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The sender ends the session. Not answered.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Text">For people; nil for none.</param>
/// <param name="RetryAfterMs">How long to stay away; nil for no wish.</param>
public sealed record Bye(ByeCode Reason, string? Text, uint? RetryAfterMs) : IMessage<Bye>
{
    public static MessageCode Code => MessageCode.Bye;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt((uint)Reason);
        writer.WriteOptionalString(Text);
        writer.WriteOptionalUInt(RetryAfterMs);
    }

    public static Bye ReadFields(ref MessagePackReader reader) =>
        new(
            (ByeCode)reader.ReadUInt32(),
            reader.ReadOptionalString(Limits.TextBytes),
            reader.ReadOptionalUInt32());
}
