using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>Pages of the grains as messages of the wire; envelopes are passed on, not copied.</summary>
internal static class Pages
{
    /// <summary>A page while the gateway's memory is tight.</summary>
    public const int SmallBytes = 64 << 10;

    /// <summary>How long a reader waits for memory before it looks again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How large a page may be now.</summary>
    public static int BytesMax(MemoryBudget memory) => memory.IsTight ? SmallBytes : Limits.PageBytes;

    /// <summary>What a page holds of memory.</summary>
    public static long Bytes(ReadPage page)
    {
        long bytes = 0;
        foreach (PageEntry entry in page.Entries)
            bytes += entry.Envelope?.Length ?? 0;

        return bytes;
    }

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
