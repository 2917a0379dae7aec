using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>What every honest page is: a relay that sends another lies or is broken, and nothing of it is taken.</summary>
internal static class PageRules
{
    // What a device's database can hold: beyond it no relay comes in any time.
    private const ulong NumberMax = long.MaxValue;

    /// <param name="page">From a subscription: without the reader's own rows.</param>
    /// <param name="after">Where it was asked from.</param>
    /// <param name="reader">This device.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public static string? Violation(PullResponse page, Cursor after, DeviceId reader)
    {
        if (page.ThroughCursor < after || page.ThroughCursor.Value > NumberMax || page.HeadCursor.Value > NumberMax)
            return "The relay sent a page that does not begin where it was asked to.";

        Cursor last = after;
        foreach (PullEntry entry in page.Entries)
        {
            if (entry.Cursor <= last || entry.Cursor > page.ThroughCursor)
                return "The relay sent a page whose rows are not in their order.";
            if (entry.FirstSeq.Value == 0 || entry.FirstSeq > entry.SenderSeq || entry.SenderSeq.Value > NumberMax)
                return "The relay sent a row with a sequence that no device gives.";
            if (entry.SenderId == reader)
                return "The relay sent a device's own blob as another's.";

            last = entry.Cursor;
        }

        return null;
    }

    /// <summary>Whether WELCOME's numbers are such that a device can keep them.</summary>
    public static bool IsSound(Welcome welcome) =>
        welcome.HeadCursor.Value <= NumberMax && welcome.AckedCursor <= welcome.HeadCursor && welcome.LastSeq.Value <= NumberMax;
}
