using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Session;

/// <summary>
/// A verified chain of rotations: from the origin key, which the group id is the hash of, to the current epoch. Whoever has the group id can
/// check it; no secret is needed. It never changes; <see cref="TryExtend"/> makes a longer one.
/// </summary>
public sealed class RotationChain
{
    // The key and the last statement's hash of each epoch, from 0 on.
    private readonly ImmutableArray<AdmissionKey> _keys;
    private readonly ImmutableArray<StatementHash> _hashes;

    private RotationChain(
        GroupId groupId, ImmutableArray<SignedStatement> statements, ImmutableArray<AdmissionKey> keys, ImmutableArray<StatementHash> hashes)
    {
        GroupId = groupId;
        Statements = statements;
        _keys = keys;
        _hashes = hashes;
    }

    public GroupId GroupId { get; }

    /// <summary>As they were signed, oldest first.</summary>
    public ImmutableArray<SignedStatement> Statements { get; }

    /// <summary>The admission key of epoch 0.</summary>
    public AdmissionKey OriginKey => _keys[0];

    /// <summary>The current epoch: the number of rotations.</summary>
    public KeyEpoch Epoch => new((uint)Statements.Length);

    /// <summary>The admission key of the current epoch.</summary>
    public AdmissionKey Key => _keys[^1];

    /// <summary>Hash of the last statement; zeros before the first.</summary>
    public StatementHash LastStatement => _hashes[^1];

    /// <summary>Verifies a chain that came from anybody.</summary>
    /// <param name="groupId">Which group it claims to be of.</param>
    /// <param name="originKey">Must hash to <paramref name="groupId"/>.</param>
    /// <param name="statements">Oldest first; at most <see cref="Limits.ChainStatements"/>, and <see cref="Limits.ChainBytes"/> encoded.</param>
    /// <param name="chain">The verified chain, in its own memory.</param>
    public static bool TryVerify(
        GroupId groupId, AdmissionKey originKey, IReadOnlyList<SignedStatement> statements, [NotNullWhen(true)] out RotationChain? chain)
    {
        ArgumentNullException.ThrowIfNull(statements);
        chain = null;
        if (statements.Count > Limits.ChainStatements
            || GetEncodedSize(statements) > Limits.ChainBytes
            || GroupIdentity.FromOriginKey(originKey) != groupId)
        {
            return false;
        }

        var keys = ImmutableArray.CreateBuilder<AdmissionKey>(statements.Count + 1);
        var hashes = ImmutableArray.CreateBuilder<StatementHash>(statements.Count + 1);
        keys.Add(originKey);
        hashes.Add(default);
        SignedStatement[] own = [.. statements.Select(Copy)];
        foreach (SignedStatement signed in own)
        {
            if (!TryFollow(groupId, (uint)keys.Count, keys[^1], hashes[^1], signed, out RotationStatement? statement))
                return false;

            keys.Add(statement.NewAdmissionKey);
            hashes.Add(RotationStatement.Hash(signed.Statement.Span));
        }

        chain = new RotationChain(groupId, [.. own], keys.MoveToImmutable(), hashes.MoveToImmutable());
        return true;
    }

    /// <summary>The same beside a chain that is verified already: what both begin with is not checked again.</summary>
    /// <param name="known">Of any group; null for none.</param>
    public static bool TryVerify(
        GroupId groupId, AdmissionKey originKey, IReadOnlyList<SignedStatement> statements, RotationChain? known, [NotNullWhen(true)] out RotationChain? chain)
    {
        ArgumentNullException.ThrowIfNull(statements);
        if (known is null || known.GroupId != groupId || known.OriginKey != originKey || known.CountNew(statements) == statements.Count)
            return TryVerify(groupId, originKey, statements, out chain);

        chain = null;
        RotationChain longer = known;
        foreach (SignedStatement next in statements.Skip(known.Statements.Length))
        {
            if (!longer.TryExtend(next, out RotationChain? extended))
                return false;

            longer = extended;
        }

        chain = longer;
        return true;
    }

    /// <summary>How many signatures are to be checked beside this chain: of the statements after it, or of all where they do not begin with it.</summary>
    public int CountNew(IReadOnlyList<SignedStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        if (statements.Count < Statements.Length)
            return statements.Count;

        for (int i = 0; i < Statements.Length; i++)
        {
            if (!CryptographicOperations.FixedTimeEquals(statements[i].Statement.Span, Statements[i].Statement.Span)
                || !CryptographicOperations.FixedTimeEquals(statements[i].Signature.Span, Statements[i].Signature.Span))
            {
                return statements.Count;
            }
        }

        return statements.Count - Statements.Length;
    }

    /// <summary>Verifies the next statement and makes the longer chain; this one stays.</summary>
    public bool TryExtend(SignedStatement next, [NotNullWhen(true)] out RotationChain? chain)
    {
        chain = null;
        next = Copy(next);
        ImmutableArray<SignedStatement> statements = Statements.Add(next);
        if (statements.Length > Limits.ChainStatements
            || GetEncodedSize(statements) > Limits.ChainBytes
            || !TryFollow(GroupId, (uint)_keys.Length, Key, LastStatement, next, out RotationStatement? statement))
        {
            return false;
        }

        chain = new RotationChain(GroupId, statements, _keys.Add(statement.NewAdmissionKey), _hashes.Add(RotationStatement.Hash(next.Statement.Span)));
        return true;
    }

    /// <summary>The admission key of an epoch that this chain reaches.</summary>
    public bool TryGetKey(KeyEpoch epoch, out AdmissionKey key)
    {
        bool isReached = epoch <= Epoch;
        key = isReached ? _keys[(int)epoch.Value] : default;
        return isReached;
    }

    /// <summary>The hash of the statement that began an epoch this chain reaches; zeros for epoch 0. Two chains agree up to where these do.</summary>
    public bool TryGetStatementHash(KeyEpoch epoch, out StatementHash hash)
    {
        bool isReached = epoch <= Epoch;
        hash = isReached ? _hashes[(int)epoch.Value] : default;
        return isReached;
    }

    /// <summary>Bytes of a chain inside HELLO, as its limit counts them.</summary>
    public static int GetEncodedSize(IReadOnlyList<SignedStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        MessagePackWriter writer = MessagePackWriter.Measuring();
        writer.WriteArrayHeader(statements.Count);
        foreach (SignedStatement signed in statements)
        {
            writer.WriteArrayHeader(2);
            writer.WriteBinary(signed.Statement.Span);
            writer.WriteBinary(signed.Signature.Span);
        }

        return writer.Written;
    }

    // A statement out of a message lies in a buffer that the next message overwrites: what was verified must be what is kept.
    private static SignedStatement Copy(SignedStatement signed) => new(signed.Statement.ToArray(), signed.Signature.ToArray());

    private static bool TryFollow(
        GroupId groupId, uint newEpoch, AdmissionKey key, StatementHash last, SignedStatement signed, [NotNullWhen(true)] out RotationStatement? statement) =>
        RotationStatement.TryDecode(signed.Statement.Span, out statement)
        && statement.NewEpoch.Value == newEpoch
        && statement.Previous == last
        && RotationStatement.VerifySignature(key, groupId, signed);
}
