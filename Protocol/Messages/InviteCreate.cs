using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Opens a rendezvous, by a member. Answered by DONE.</summary>
/// <param name="LookupId">Random, or derived from the short code.</param>
/// <param name="Kind">Invite or short code.</param>
/// <param name="Sealed">The sealed group record of an invite; nil for a short code.</param>
/// <param name="ExpiresSeconds">1 to <see cref="Limits.InviteSeconds"/>.</param>
/// <param name="Attempts">Tries a short code has.</param>
public sealed record InviteCreate(
    LookupId LookupId,
    JoinKind Kind,
    ReadOnlyMemory<byte>? Sealed,
    uint ExpiresSeconds,
    byte Attempts) : IMessage<InviteCreate>
{
    public static MessageCode Code => MessageCode.InviteCreate;

    public static int FieldCount => 5;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(LookupId.Value);
        writer.WriteUInt((byte)Kind);
        writer.WriteOptionalBinary(Sealed);
        writer.WriteUInt(ExpiresSeconds);
        writer.WriteUInt(Attempts);
    }

    public static InviteCreate ReadFields(ref MessagePackReader reader) =>
        new(
            new LookupId(reader.ReadBytes16()),
            (JoinKind)reader.ReadUInt8((byte)JoinKind.ShortCode),
            reader.ReadOptionalBinary(Limits.SealedRecordBytes),
            reader.ReadUInt32(),
            reader.ReadUInt8());
}
