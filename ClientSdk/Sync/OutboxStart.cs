using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>Where sending begins at a relay, from what it says it has (protocol rule 2).</summary>
internal static class OutboxStart
{
    /// <summary>False: the relay has what this device never sent, so one of the two is a copy or lies.</summary>
    /// <param name="relayLast">The relay's last_seq.</param>
    /// <param name="relayLink">The relay's last_link.</param>
    /// <param name="ownLast">The last sequence this device used.</param>
    /// <param name="blobLink">The link of the blob with that sequence; null where this device no longer knows.</param>
    /// <param name="voidLink">The link of the void run that stands for it there; null where none does. A relay that refused a blob may have it all the same.</param>
    public static bool IsOwn(Sequence relayLast, SequenceLink relayLink, Sequence ownLast, SequenceLink? blobLink, SequenceLink? voidLink)
    {
        if (relayLast.Value == 0)
            return true;

        bool isUnknown = blobLink is null && voidLink is null;
        return relayLast <= ownLast && (isUnknown || blobLink == relayLink || voidLink == relayLink);
    }
}
