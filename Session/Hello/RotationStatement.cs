using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Session;

/// <summary>
/// One rotation of a group's key: <c>new_epoch u32 | new_admission_key 32 | previous_statement_hash 32 | home_relay_id 32 | rotator id 32 |
/// members 32 | n u8 | n x (device id 32, reason u8)</c>. What is hashed and signed are these bytes, so there is one encoding of a statement and
/// no other is read: revoked ids ascend and are unique.
/// </summary>
/// <param name="NewEpoch">One more than the epoch it ends.</param>
/// <param name="NewAdmissionKey">Its own secret half is derived from the new group secret.</param>
/// <param name="Previous">Hash of the statement before; zeros for the first.</param>
/// <param name="HomeRelay">The one relay that orders rotations.</param>
/// <param name="Rotator">The device that made it.</param>
/// <param name="Members">Of <see cref="HashMembers"/>: the devices that got the new secret.</param>
/// <param name="Revoked">Those that did not; at most 255.</param>
public sealed record RotationStatement(
    KeyEpoch NewEpoch,
    AdmissionKey NewAdmissionKey,
    StatementHash Previous,
    RelayId HomeRelay,
    DeviceId Rotator,
    Bytes32 Members,
    IReadOnlyList<RevokedDevice> Revoked)
{
    private const int FixedBytes = Limits.StatementBytesMin;
    private const int RevokedBytes = DeviceId.Size + 1;

    /// <summary>The bytes that are hashed, signed and sent.</summary>
    /// <exception cref="InvalidOperationException">Revoked ids do not ascend, repeat, or are more than 255.</exception>
    public byte[] Encode()
    {
        if (Revoked.Count > byte.MaxValue)
            throw new InvalidOperationException("A statement can revoke 255 devices.");

        byte[] statement = new byte[FixedBytes + (Revoked.Count * RevokedBytes)];
        var writer = new BindingWriter(statement);
        writer.Write(NewEpoch.Value);
        writer.Write(NewAdmissionKey.Value);
        writer.Write(Previous.Value);
        writer.Write(HomeRelay.Value);
        writer.Write(Rotator.Value);
        writer.Write(Members);
        writer.Write((byte)Revoked.Count);
        for (int i = 0; i < Revoked.Count; i++)
        {
            if (i > 0 && Revoked[i - 1].DeviceId.Value.CompareTo(Revoked[i].DeviceId.Value) >= 0)
                throw new InvalidOperationException("Revoked ids must ascend, each once.");

            writer.Write(Revoked[i].DeviceId.Value);
            writer.Write((byte)Revoked[i].Reason);
        }

        return statement;
    }

    /// <summary>Reads a statement from anybody's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RotationStatement? statement)
    {
        statement = null;
        if (bytes.Length < FixedBytes || bytes.Length != FixedBytes + (bytes[FixedBytes - 1] * RevokedBytes))
            return false;

        if (!TryDecodeRevoked(bytes[FixedBytes..], out RevokedDevice[] revoked))
            return false;

        uint newEpoch = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        ReadOnlySpan<byte> fields = bytes[sizeof(uint)..];
        statement = new RotationStatement(
            new KeyEpoch(newEpoch),
            new AdmissionKey(Field(fields, 0)),
            new StatementHash(Field(fields, 1)),
            new RelayId(Field(fields, 2)),
            new DeviceId(Field(fields, 3)),
            Field(fields, 4),
            revoked);
        return true;
    }

    /// <summary>SHA-256 of a label and a statement's bytes: what the next one names as <see cref="Previous"/>.</summary>
    public static StatementHash Hash(ReadOnlySpan<byte> statement) => new(HashWith(Labels.Statement, statement));

    /// <summary>SHA-256 of a label and the ids of the devices that have a wrap, in ascending order whatever theirs is here.</summary>
    /// <exception cref="ArgumentException">An id is there twice.</exception>
    public static Bytes32 HashMembers(IEnumerable<DeviceId> members)
    {
        DeviceId[] sorted = [.. members.OrderBy(member => member.Value)];
        byte[] ids = new byte[sorted.Length * DeviceId.Size];
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i] == sorted[i - 1])
                throw new ArgumentException("A device is there twice.", nameof(members));

            sorted[i].CopyTo(ids.AsSpan(i * DeviceId.Size));
        }

        return HashWith(Labels.Members, ids);
    }

    /// <summary>Encodes and signs the statement: Ed25519 over <c>"zks/1 rotate" || group id || statement</c>.</summary>
    /// <param name="admissionSeed">Of the epoch before <see cref="NewEpoch"/>.</param>
    public SignedStatement Sign(SecretBytes admissionSeed, GroupId groupId)
    {
        byte[] statement = Encode();
        byte[] signature = new byte[Ed25519.SignatureBytes];
        Ed25519.Sign(admissionSeed, BuildMessage(groupId, statement), signature);
        return new SignedStatement(statement, signature);
    }

    /// <summary>Whether a signature over a statement's bytes is valid.</summary>
    /// <param name="admissionKey">Of the epoch before the statement's.</param>
    public static bool VerifySignature(AdmissionKey admissionKey, GroupId groupId, SignedStatement signed) =>
        Ed25519.Verify(admissionKey.ToArray(), BuildMessage(groupId, signed.Statement.Span), signed.Signature.Span);

    private static byte[] BuildMessage(GroupId groupId, ReadOnlySpan<byte> statement)
    {
        byte[] message = new byte[Labels.Rotate.Length + GroupId.Size + statement.Length];
        var writer = new BindingWriter(message);
        writer.Write(Labels.Rotate);
        writer.Write(groupId.Value);
        writer.Write(statement);
        return message;
    }

    private static bool TryDecodeRevoked(ReadOnlySpan<byte> bytes, out RevokedDevice[] revoked)
    {
        revoked = new RevokedDevice[bytes.Length / RevokedBytes];
        for (int i = 0; i < revoked.Length; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(i * RevokedBytes, RevokedBytes);
            var reason = (RevokeReason)entry[DeviceId.Size];
            revoked[i] = new RevokedDevice(DeviceId.Read(entry[..DeviceId.Size]), reason);
            if (reason > RevokeReason.Compromised || (i > 0 && revoked[i - 1].DeviceId.Value.CompareTo(revoked[i].DeviceId.Value) >= 0))
                return false;
        }

        return true;
    }

    private static Bytes32 Field(ReadOnlySpan<byte> fields, int number) => Bytes32.Read(fields.Slice(number * Bytes32.Size, Bytes32.Size));

    private static Bytes32 HashWith(ReadOnlySpan<byte> label, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(label);
        hash.AppendData(bytes);
        Span<byte> result = stackalloc byte[Bytes32.Size];
        hash.GetHashAndReset(result);
        return Bytes32.Read(result);
    }
}
