using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>Pages of the grains as messages of the wire; envelopes are passed on, not copied.</summary>
internal static class Pages
{
    public static PullResponse ToMessage(ReadPage page)
    {
        var entries = new PullEntry[page.Entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            PageEntry entry = page.Entries[i];
            entries[i] = new PullEntry(
                entry.Cursor,
                (PullEntryState)entry.State,
                entry.Sender,
                entry.BlobId,
                entry.KeyEpoch,
                entry.FirstSeq,
                entry.SenderSeq,
                entry.TimestampMs,
                entry.Envelope,
                entry.Proof);
        }

        return new PullResponse(entries, page.ThroughCursor, page.HasMore, page.OldestCursor, page.HeadCursor);
    }

    /// <summary>For every result that is no page.</summary>
    public static Error ToError(ReadResult result) => result switch
    {
        ReadResyncRequired resync => Refusals.Of(ErrorCode.ResyncRequired, resync.OldestCursor.Value, resync.HeadCursor.Value),
        ReadRefused { Refusal.Reason: RefusalReason.NotAdmitted } => Refusals.Of(ErrorCode.UnknownGroup),
        ReadRefused refused => Refusals.ToError(refused.Refusal),
        _ => throw new ArgumentOutOfRangeException(nameof(result), "A page is no error."),
    };
}
