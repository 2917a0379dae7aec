using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>What a reader is told: a page, or that what it asks for is no longer there.</summary>
internal static class ReadRules
{
    public static LogQuery Query(GroupId group, ReadQuery query, GroupOptions options, ulong nowMs) => new()
    {
        Group = group,
        After = query.After,
        Except = query.Own ? null : query.Reader,
        CountMax = Math.Clamp(query.CountMax, 1, GrainLimits.PageEntriesMax),
        BytesMax = Math.Clamp(query.BytesMax, 1, options.PageBytesMax),
        NowMs = nowMs,
    };

    /// <summary>Null where the reader may read. A session that has not heard yet that its device is revoked reads nothing more.</summary>
    public static Refusal? Refuse(GroupState? state, ReadQuery query) => state?.Find(query.Reader) switch
    {
        null => Refusals.Of(RefusalReason.NotAdmitted),
        { IsRevoked: true } => Refusals.Of(RefusalReason.DeviceRevoked),
        _ => null,
    };

    public static ReadResult Answer(ReadQuery query, LogPage page)
    {
        // after + 1 < oldest, without the addition that the largest cursor would overflow.
        bool isBeyond = query.After > page.Head;
        bool isTrimmed = query.After.Value > 0 && query.After.Value < page.Oldest.Value - 1;
        if (isBeyond || isTrimmed)
            return new ReadResyncRequired { OldestCursor = page.Oldest, HeadCursor = page.Head };

        return new ReadPage
        {
            Entries = page.Entries,
            ThroughCursor = page.Through,
            HasMore = page.Through < page.Head,
            OldestCursor = page.Oldest,
            HeadCursor = page.Head,
        };
    }
}
