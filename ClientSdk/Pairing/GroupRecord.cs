using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Pairing;

/// <summary>
/// Everything a device must know to be a member: ids, rotation chain and secrets. It is what an invite hands over and what a device
/// keeps. One MessagePack array: <c>version, group_id, origin_key, [statement, signature]*, [epoch, secret]*, kdf or nil, home_relay, creator</c>.
/// </summary>
internal sealed class GroupRecord : IDisposable
{
    /// <summary>Secrets a record carries at most: of the last epochs.</summary>
    public const int SecretsMax = 64;

    private const byte Version = 1;
    private const int FieldCount = 8;
    private const int SecretEntryBytesMin = 1 + 1 + 2 + GroupKeys.SecretBytesLength;

    private GroupRecord(RotationChain rotations, IReadOnlyList<EpochSecret> secrets, RelayId homeRelay, DeviceId creator)
    {
        Rotations = rotations;
        Secrets = secrets;
        HomeRelay = homeRelay;
        Creator = creator;
    }

    public GroupId GroupId => Rotations.GroupId;

    /// <summary>The admission key of epoch 0, whose hash the group id is.</summary>
    public AdmissionKey OriginKey => Rotations.OriginKey;

    /// <summary>The rotations so far, verified.</summary>
    public RotationChain Rotations { get; }

    public IReadOnlyList<SignedStatement> Chain => Rotations.Statements;

    /// <summary>Ascending by epoch, at least one.</summary>
    public IReadOnlyList<EpochSecret> Secrets { get; }

    /// <summary>The relay that orders rotations.</summary>
    public RelayId HomeRelay { get; }

    public DeviceId Creator { get; }

    /// <summary>A new group with a random secret.</summary>
    public static GroupRecord Create(RelayId homeRelay, DeviceId creator)
    {
        SecretBytes secret = SecretBytes.CreateRandom(GroupKeys.SecretBytesLength);
        using var keys = new GroupKeys(default, secret);
        RotationChain.TryVerify(GroupIdentity.FromOriginKey(keys.AdmissionKey), keys.AdmissionKey, [], out RotationChain? none);
        return new GroupRecord(none!, [new EpochSecret(default, secret)], homeRelay, creator);
    }

    /// <summary>The same record with secrets of its own.</summary>
    public GroupRecord Copy() => new(Rotations, [.. Secrets.Select(secret => new EpochSecret(secret.Epoch, secret.Secret.Copy()))], HomeRelay, Creator);

    /// <summary>The record one rotation later. It takes the secrets of this one over, which is not used or disposed of any more.</summary>
    /// <param name="longer">This record's chain and one statement more.</param>
    /// <param name="secret">The new epoch's; owned by the new record.</param>
    public GroupRecord Extend(RotationChain longer, SecretBytes secret) => new(longer, [.. Secrets, new EpochSecret(longer.Epoch, secret)], HomeRelay, Creator);

    /// <summary>The same record with older secrets before its own, which it takes over as <see cref="Extend"/> does.</summary>
    /// <param name="older">Ascending, all below this record's first.</param>
    public GroupRecord WithOlder(IReadOnlyList<EpochSecret> older) => older.Count == 0 ? this : new GroupRecord(Rotations, [.. older, .. Secrets], HomeRelay, Creator);

    /// <summary>The record's bytes: a secret.</summary>
    /// <param name="secretsMax">How many of the last epochs' secrets go in.</param>
    public SecretBytes Encode(int secretsMax = SecretsMax)
    {
        EpochSecret[] secrets = [.. Secrets.TakeLast(secretsMax)];
        var measuring = MessagePackWriter.Measuring();
        Write(ref measuring, secrets);
        SecretBytes bytes = SecretBytes.Create(measuring.Written);
        var writer = new MessagePackWriter(bytes.Writable);
        Write(ref writer, secrets);
        return bytes;
    }

    /// <summary>Reads a record that came from another device, or was stored. False unless all of it fits together.</summary>
    /// <param name="bytes">Wiping them is the caller's.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out GroupRecord? record)
    {
        record = null;
        var secrets = new List<EpochSecret>();
        var reader = new MessagePackReader(bytes);
        int extra = reader.BeginFields(FieldCount);
        byte version = reader.ReadUInt8();
        var groupId = new GroupId(reader.ReadBytes32());
        var originKey = new AdmissionKey(reader.ReadBytes32());
        SignedStatement[] chain = ReadChain(ref reader);
        ReadSecrets(ref reader, secrets);
        // The passphrase function's parameters: of no use to a device that has the secret.
        if (!reader.TryReadNil())
            reader.EndFields(reader.BeginFields(0));

        var homeRelay = new RelayId(reader.ReadBytes32());
        var creator = new DeviceId(reader.ReadBytes32());
        reader.EndFields(extra);
        bool isWhole = !reader.Failed && reader.Remaining == 0 && version == Version && secrets.Count > 0;
        if (isWhole && RotationChain.TryVerify(groupId, originKey, chain, out RotationChain? rotations) && IsConsistent(rotations, secrets))
        {
            record = new GroupRecord(rotations, secrets, homeRelay, creator);
            return true;
        }

        foreach (EpochSecret secret in secrets)
            secret.Secret.Dispose();

        return false;
    }

    public void Dispose()
    {
        foreach (EpochSecret secret in Secrets)
            secret.Secret.Dispose();
    }

    // A record is only as good as its secrets: each must be the one that the chain's key of its epoch belongs to, and the last the chain's last.
    private static bool IsConsistent(RotationChain rotations, List<EpochSecret> secrets)
    {
        if (secrets[^1].Epoch != rotations.Epoch)
            return false;

        for (int i = 0; i < secrets.Count; i++)
        {
            if (i > 0 && secrets[i].Epoch <= secrets[i - 1].Epoch)
                return false;

            using var keys = new GroupKeys(secrets[i].Epoch, secrets[i].Secret);
            if (!rotations.TryGetKey(secrets[i].Epoch, out AdmissionKey key) || keys.AdmissionKey != key)
                return false;
        }

        return true;
    }

    private void Write(ref MessagePackWriter writer, EpochSecret[] secrets)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteUInt(Version);
        writer.WriteBytes32(GroupId.Value);
        writer.WriteBytes32(OriginKey.Value);
        writer.WriteArrayHeader(Chain.Count);
        foreach (SignedStatement link in Chain)
        {
            writer.WriteArrayHeader(2);
            writer.WriteBinary(link.Statement.Span);
            writer.WriteBinary(link.Signature.Span);
        }

        writer.WriteArrayHeader(secrets.Length);
        foreach (EpochSecret secret in secrets)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt(secret.Epoch.Value);
            writer.WriteBinary(secret.Secret.Span);
        }

        writer.WriteNil();
        writer.WriteBytes32(HomeRelay.Value);
        writer.WriteBytes32(Creator.Value);
    }

    private static SignedStatement[] ReadChain(ref MessagePackReader reader)
    {
        var chain = new SignedStatement[reader.ReadListHeader(Limits.ChainStatements, 1 + 2 + 2 + Limits.SignatureBytes)];
        for (int i = 0; i < chain.Length && !reader.Failed; i++)
        {
            int extra = reader.BeginFields(2);
            // Copied: the bytes they came in are wiped.
            chain[i] = new SignedStatement(reader.ReadBinary(Limits.StatementBytes).ToArray(), reader.ReadFixed(Limits.SignatureBytes).ToArray());
            reader.EndFields(extra);
        }

        return chain;
    }

    private static void ReadSecrets(ref MessagePackReader reader, List<EpochSecret> secrets)
    {
        int count = reader.ReadListHeader(SecretsMax, SecretEntryBytesMin);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            int extra = reader.BeginFields(2);
            var epoch = new KeyEpoch(reader.ReadUInt32());
            ReadOnlySpan<byte> secret = reader.ReadFixed(GroupKeys.SecretBytesLength).Span;
            reader.EndFields(extra);
            if (!reader.Failed)
                secrets.Add(new EpochSecret(epoch, SecretBytes.CopyFrom(secret)));
        }
    }
}
