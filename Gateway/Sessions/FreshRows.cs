using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// Rows that a subscription has not sent yet and that need not be read for it, as far as they follow each other and are few. It may forget
/// them at any time: the log has them.
/// </summary>
internal sealed class FreshRows(TimeProvider time)
{
    /// <summary>Bytes of envelopes kept; more are read when there is room for a page.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>Rows kept.</summary>
    public const int EntriesMax = 256;

    /// <summary>Afterwards a row may have been deleted, or its time be over.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private FreshPage? _kept;

    public void Add(FreshPage page)
    {
        lock (_gate)
            _kept = Join(_kept, page);
    }

    /// <summary>The page after a cursor, or null where it has to be read. Either way nothing is kept any more.</summary>
    public ReadPage? Take(Cursor after)
    {
        lock (_gate)
        {
            FreshPage? kept = _kept;
            _kept = null;
            return kept is not null && kept.After == after && time.GetElapsedTime(kept.StoredAt) < LifeMax ? kept.Page : null;
        }
    }

    /// <summary>Leaves all of it to a read.</summary>
    public void Clear()
    {
        lock (_gate)
            _kept = null;
    }

    // What does not follow, or is too much together, is left to a read of all of it.
    private static FreshPage? Join(FreshPage? kept, FreshPage next)
    {
        if (kept is null)
            return Fits(next.Page) ? next : null;

        if (kept.Page.ThroughCursor != next.After)
            return null;

        ReadPage joined = next.Page with { Entries = kept.Page.Entries.AddRange(next.Page.Entries) };
        return Fits(joined) ? kept with { Page = joined } : null;
    }

    private static bool Fits(ReadPage page) => page.Entries.Length <= EntriesMax && Pages.Bytes(page) <= BytesMax;
}
