using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The chains of one session: each statement is checked once, and no more of them than the longest chain has. A stranger who makes chains of his
/// own, for groups of his own, costs a session that many signatures and not as many for each HELLO. One HELLO at a time.
/// </summary>
public sealed class ChainChecks
{
    private RotationChain? _verified;
    private int _left = Limits.ChainStatements;

    /// <summary>Signatures that may still be checked.</summary>
    public int Left => _left;

    /// <summary>Verifies HELLO's chain. False also where it would take more than is left.</summary>
    public bool TryVerify(Hello hello, [NotNullWhen(true)] out RotationChain? chain)
    {
        ArgumentNullException.ThrowIfNull(hello);
        chain = null;
        RotationChain? known = _verified is { } verified && verified.GroupId == hello.GroupId && verified.OriginKey == hello.OriginKey ? verified : null;
        int checks = known?.CountNew(hello.Chain) ?? hello.Chain.Count;
        if (checks > _left)
            return false;

        _left -= checks;
        if (!RotationChain.TryVerify(hello.GroupId, hello.OriginKey, hello.Chain, known, out chain))
            return false;

        _verified = chain;
        return true;
    }
}
