using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>The session is open. Says where the relay stands with this device and this group.</summary>
/// <param name="Version">Of the wire.</param>
/// <param name="RelayId">The relay's static key, the one of the handshake.</param>
/// <param name="RelayEpoch">This life of the group's log: positions of another one mean nothing.</param>
/// <param name="GroupKeyEpoch">Of the group at this relay.</param>
/// <param name="LastStatementHash">Of the last rotation; zeros before the first.</param>
/// <param name="OldestCursor">First row stored; head + 1 when nothing is.</param>
/// <param name="HeadCursor">Last cursor assigned; 0 before the first.</param>
/// <param name="AckedCursor">What this device has acknowledged.</param>
/// <param name="Pending">Rows after it.</param>
/// <param name="LastSeq">The last sequence of this device the relay has; 0 for none.</param>
/// <param name="LastLink">The link of that row; zeros for none.</param>
/// <param name="ServerTimeMs">Relay time, ms since 1970-01-01 UTC.</param>
/// <param name="Limits">What this relay allows.</param>
public sealed record Welcome(
    byte Version,
    RelayId RelayId,
    RelayEpoch RelayEpoch,
    KeyEpoch GroupKeyEpoch,
    StatementHash LastStatementHash,
    Cursor OldestCursor,
    Cursor HeadCursor,
    Cursor AckedCursor,
    uint Pending,
    Sequence LastSeq,
    SequenceLink LastLink,
    ulong ServerTimeMs,
    WelcomeLimits Limits) : IMessage<Welcome>
{
    public static MessageCode Code => MessageCode.Welcome;

    public static int FieldCount => 13;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteBytes32(RelayId.Value);
        writer.WriteBytes16(RelayEpoch.Value);
        writer.WriteUInt(GroupKeyEpoch.Value);
        writer.WriteBytes32(LastStatementHash.Value);
        writer.WriteUInt(OldestCursor.Value);
        writer.WriteUInt(HeadCursor.Value);
        writer.WriteUInt(AckedCursor.Value);
        writer.WriteUInt(Pending);
        writer.WriteUInt(LastSeq.Value);
        writer.WriteBytes32(LastLink.Value);
        writer.WriteUInt(ServerTimeMs);
        Limits.Write(ref writer);
    }

    public static Welcome ReadFields(ref MessagePackReader reader) =>
        new(
            reader.ReadUInt8(),
            new RelayId(reader.ReadBytes32()),
            new RelayEpoch(reader.ReadBytes16()),
            new KeyEpoch(reader.ReadUInt32()),
            new StatementHash(reader.ReadBytes32()),
            new Cursor(reader.ReadUInt64()),
            new Cursor(reader.ReadUInt64()),
            new Cursor(reader.ReadUInt64()),
            reader.ReadUInt32(),
            new Sequence(reader.ReadUInt64()),
            new SequenceLink(reader.ReadBytes32()),
            reader.ReadUInt64(),
            WelcomeLimits.Read(ref reader));
}
