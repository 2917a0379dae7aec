using System.Text;
using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Where to send wake-ups for this device. Answered by DONE.</summary>
/// <param name="Platform">Whose service.</param>
/// <param name="Token">The service's name for the app on this device.</param>
/// <param name="AppId">The app; nil where the service needs none.</param>
public sealed record RegisterPush(PushPlatform Platform, string Token, string? AppId) : IMessage<RegisterPush>
{
    public static MessageCode Code => MessageCode.RegisterPush;

    public static int FieldCount => 3;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt((byte)Platform);
        writer.WriteString(Token);
        writer.WriteOptionalString(AppId);
    }

    public static RegisterPush ReadFields(ref MessagePackReader reader) =>
        new(
            (PushPlatform)reader.ReadUInt8((byte)PushPlatform.UnifiedPush),
            reader.ReadString(Limits.WakeTokenBytes),
            reader.ReadOptionalString(Limits.TextBytes));

    // Whoever has the token wakes the device: it is no text for a log.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Platform = ").Append(Platform);
        return true;
    }
}
