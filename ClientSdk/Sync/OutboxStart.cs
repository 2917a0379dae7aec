using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>Where sending begins at a relay, from what it says it has (protocol rule 2).</summary>
internal static class OutboxStart
{
    /// <summary>False: the relay has what this device never sent, so one of the two is a copy or lies.</summary>
    /// <param name="relayLast">The relay's last_seq.</param>
    /// <param name="relayLink">The relay's last_link.</param>
    /// <param name="ownLast">The last sequence this device used.</param>
    /// <param name="ownLink">The link of what this device sent there as that sequence; null where it no longer knows.</param>
    public static bool IsOwn(Sequence relayLast, SequenceLink relayLink, Sequence ownLast, SequenceLink? ownLink)
    {
        if (relayLast.Value == 0)
            return true;

        return relayLast <= ownLast && (ownLink is null || ownLink == relayLink);
    }
}
