using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>What WELCOME says of the group's key epoch, beside what this device has verified itself.</summary>
internal static class WelcomeRules
{
    /// <param name="own">This device's chain.</param>
    /// <param name="relayEpoch">WELCOME's group_key_epoch.</param>
    /// <param name="relayLast">WELCOME's last_statement_hash.</param>
    public static WelcomeVerdict Judge(RotationChain own, KeyEpoch relayEpoch, StatementHash relayLast)
    {
        // Whether a longer one goes on from this device's is seen when its statements are asked for.
        if (!own.TryGetStatementHash(relayEpoch, out StatementHash hash))
            return WelcomeVerdict.RelayAhead;

        return hash != relayLast ? WelcomeVerdict.Fork
            : relayEpoch == own.Epoch ? WelcomeVerdict.Level
            : WelcomeVerdict.RelayBehind;
    }
}
