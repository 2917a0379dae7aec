using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Opens a session: proof that this device holds the group's key, bound to this session. Answered by WELCOME.</summary>
/// <param name="Version">Of the wire, <see cref="Limits.Version"/>.</param>
/// <param name="GroupId">Hash of the origin key.</param>
/// <param name="KeyEpoch">The newest epoch whose secret the device holds.</param>
/// <param name="OriginKey">The group's admission key of epoch 0: the group id is its hash.</param>
/// <param name="Chain">Rotation statements since epoch 0, oldest first; at most <see cref="Limits.ChainBytes"/> encoded.</param>
/// <param name="Proof">Ed25519 under the admission key of <paramref name="KeyEpoch"/>.</param>
/// <param name="RelayEpoch">That of the client's stored position; nil where it has none.</param>
/// <param name="DeviceCard">Sealed name and key of the device.</param>
/// <param name="AdmissionToken">What the relay's operator gave out; nil for none.</param>
/// <param name="Flags">Unknown bits are ignored.</param>
public sealed record Hello(
    byte Version,
    GroupId GroupId,
    KeyEpoch KeyEpoch,
    AdmissionKey OriginKey,
    IReadOnlyList<SignedStatement> Chain,
    ReadOnlyMemory<byte> Proof,
    RelayEpoch? RelayEpoch,
    ReadOnlyMemory<byte> DeviceCard,
    ReadOnlyMemory<byte>? AdmissionToken,
    HelloFlags Flags) : IMessage<Hello>
{
    public static MessageCode Code => MessageCode.Hello;

    public static int FieldCount => 10;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteBytes32(GroupId.Value);
        writer.WriteUInt(KeyEpoch.Value);
        writer.WriteBytes32(OriginKey.Value);
        writer.WriteArrayHeader(Chain.Count);
        foreach (SignedStatement statement in Chain)
            statement.Write(ref writer);

        writer.WriteBinary(Proof.Span);
        if (RelayEpoch is { } relayEpoch)
            writer.WriteBytes16(relayEpoch.Value);
        else
            writer.WriteNil();

        writer.WriteBinary(DeviceCard.Span);
        writer.WriteOptionalBinary(AdmissionToken);
        writer.WriteUInt((uint)Flags);
    }

    public static Hello ReadFields(ref MessagePackReader reader)
    {
        byte version = reader.ReadUInt8();
        GroupId groupId = new GroupId(reader.ReadBytes32());
        KeyEpoch keyEpoch = new KeyEpoch(reader.ReadUInt32());
        AdmissionKey originKey = new AdmissionKey(reader.ReadBytes32());
        int before = reader.Remaining;
        var chain = new SignedStatement[reader.ReadListHeader(Limits.ChainStatements, SignedStatement.EncodedBytesMin)];
        for (int i = 0; i < chain.Length && !reader.Failed; i++)
            chain[i] = SignedStatement.Read(ref reader);

        if (before - reader.Remaining > Limits.ChainBytes)
            reader.Fail();

        return new Hello(
            version,
            groupId,
            keyEpoch,
            originKey,
            chain,
            reader.ReadFixed(Limits.SignatureBytes),
            reader.TryReadNil() ? null : new RelayEpoch(reader.ReadBytes16()),
            reader.ReadBinary(Limits.DeviceCardBytes),
            reader.ReadOptionalBinary(Limits.AdmissionTokenBytes),
            (HelloFlags)reader.ReadUInt32());
    }
}
