using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// What the group needs of a chain of rotation statements whose signatures were verified before: the last one's hash and key, and whom they
/// revoke.
/// </summary>
internal static class RotationChains
{
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
        chain.Any(statement => ReadRevoked(statement.Statement.Span).Any(revoked => revoked.Device == device));

    /// <summary>The admission key of the current epoch: the origin's before the first rotation.</summary>
    public static AdmissionKey CurrentKey(AdmissionKey origin, ImmutableArray<ChainStatement> chain) =>
        chain.IsDefaultOrEmpty ? origin
        : StatementFields.TryRead(chain[^1].Statement.Span, out StatementFields last) ? last.NewKey
        : throw new InvalidOperationException("A chain holds nothing but statements.");

    /// <summary>Whether a chain still fits into HELLO.</summary>
    public static bool Fits(ImmutableArray<ChainStatement> chain)
    {
        MessagePackWriter writer = MessagePackWriter.Measuring();
        writer.WriteArrayHeader(chain.Length);
        foreach (ChainStatement link in chain)
        {
            writer.WriteArrayHeader(2);
            writer.WriteBinary(link.Statement.Span);
            writer.WriteBinary(link.Signature.Span);
        }

        return chain.Length <= Limits.ChainStatements && writer.Written <= Limits.ChainBytes;
    }

    public static IReadOnlyList<(DeviceId Device, RevocationReason Reason)> ReadRevoked(ReadOnlySpan<byte> statement) =>
        StatementFields.TryRead(statement, out StatementFields fields) ? fields.Revoked : [];
}
