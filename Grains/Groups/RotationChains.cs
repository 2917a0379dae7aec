using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// What the group needs of rotation statements whose signatures the gateway has verified: the last one's hash and whom they revoke.
/// Statement = new_epoch u32 || new_admission_key 32 || previous_statement_hash 32 || home_relay_id 32 || rotator 32 || members 32 || n u8 || n x (device 32, reason u8).
/// </summary>
internal static class RotationChains
{
    private const int CountOffset = sizeof(uint) + (5 * 32);
    private const int RevokedBytes = DeviceId.Size + 1;

    /// <summary>SHA-256("zks/1 statement" || statement) of the last one; zeros before the first.</summary>
    public static StatementHash LastHash(ImmutableArray<ChainStatement> chain)
    {
        if (chain.IsDefaultOrEmpty)
            return default;

        Span<byte> hash = stackalloc byte[StatementHash.Size];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(Labels.Statement);
        sha.AppendData(chain[^1].Statement.Span);
        sha.GetHashAndReset(hash);
        return StatementHash.Read(hash);
    }

    /// <summary>Whether a statement of the chain puts this device out. Its id stays out, whatever it proves later.</summary>
    public static bool Revokes(ImmutableArray<ChainStatement> chain, DeviceId device) =>
        chain.Any(statement => ReadRevoked(statement.Statement.Span).Exists(revoked => revoked.Device == device));

    public static List<(DeviceId Device, RevocationReason Reason)> ReadRevoked(ReadOnlySpan<byte> statement)
    {
        var revoked = new List<(DeviceId, RevocationReason)>();
        if (statement.Length <= CountOffset)
            return revoked;

        ReadOnlySpan<byte> rest = statement[(CountOffset + 1)..];
        for (int i = 0; i < statement[CountOffset] && rest.Length >= RevokedBytes; i++)
        {
            revoked.Add((DeviceId.Read(rest[..DeviceId.Size]), (RevocationReason)rest[DeviceId.Size]));
            rest = rest[RevokedBytes..];
        }

        return revoked;
    }
}
