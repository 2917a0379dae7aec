using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// A rotation statement as a group reads it: new_epoch u32 || new_admission_key 32 || previous_statement_hash 32 || home_relay_id 32 ||
/// rotator 32 || members 32 || n u8 || n x (device 32, reason u8), revoked ids ascending, each once. There is one encoding, and no other is read.
/// </summary>
internal readonly record struct StatementFields
{
    private const int RevokedBytes = DeviceId.Size + 1;

    public required KeyEpoch NewEpoch { get; init; }

    public required AdmissionKey NewKey { get; init; }

    public required StatementHash Previous { get; init; }

    public required DeviceId Rotator { get; init; }

    public required Bytes32 Members { get; init; }

    public required IReadOnlyList<(DeviceId Device, RevocationReason Reason)> Revoked { get; init; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out StatementFields fields)
    {
        fields = default;
        if (bytes.Length < Limits.StatementBytesMin || bytes.Length != Limits.StatementBytesMin + (bytes[Limits.StatementBytesMin - 1] * RevokedBytes))
            return false;

        var revoked = new List<(DeviceId Device, RevocationReason Reason)>();
        for (ReadOnlySpan<byte> rest = bytes[Limits.StatementBytesMin..]; !rest.IsEmpty; rest = rest[RevokedBytes..])
        {
            DeviceId device = DeviceId.Read(rest[..DeviceId.Size]);
            var reason = (RevocationReason)rest[DeviceId.Size];
            if (reason > RevocationReason.Compromised || (revoked.Count > 0 && revoked[^1].Device.Value.CompareTo(device.Value) >= 0))
                return false;

            revoked.Add((device, reason));
        }

        fields = new StatementFields
        {
            NewEpoch = new KeyEpoch(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            NewKey = new AdmissionKey(Field(bytes, 0)),
            Previous = new StatementHash(Field(bytes, 1)),
            Rotator = new DeviceId(Field(bytes, 3)),
            Members = Field(bytes, 4),
            Revoked = revoked,
        };
        return true;
    }

    /// <summary>SHA-256("zks/1 members" || ids).</summary>
    /// <param name="members">Ascending, each once.</param>
    public static Bytes32 HashMembers(IEnumerable<DeviceId> members)
    {
        var hashed = new SignedFields(Labels.Members);
        foreach (DeviceId member in members)
            hashed.Write(member.ToArray());

        return Bytes32.Read(SHA256.HashData(hashed.ToArray()));
    }

    private static Bytes32 Field(ReadOnlySpan<byte> bytes, int number) => Bytes32.Read(bytes.Slice(sizeof(uint) + (number * Bytes32.Size), Bytes32.Size));
}
