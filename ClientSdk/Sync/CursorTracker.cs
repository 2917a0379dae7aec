using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Which cursors of one relay are covered: a contiguous start and ranges above it. It takes coverage in any order, says what is missing,
/// and holds a bounded number of ranges.
/// </summary>
internal sealed class CursorTracker
{
    /// <summary>Ranges above the contiguous part; the pages of one stream never need more than one.</summary>
    public const int MaxRanges = 256;

    /// <summary>Sorted by start, apart from each other by at least one cursor, all above <see cref="Contiguous"/>.</summary>
    private readonly List<(ulong First, ulong Last)> _ranges = [];

    public CursorTracker(Cursor contiguous) => Contiguous = contiguous;

    /// <summary>Everything up to here is covered.</summary>
    public Cursor Contiguous { get; private set; }

    /// <summary>The highest covered cursor.</summary>
    public Cursor Highest => _ranges.Count == 0 ? Contiguous : new Cursor(_ranges[^1].Last);

    public bool HasGap => _ranges.Count > 0;

    /// <summary>Covers (after, through].</summary>
    /// <returns>False, and nothing changes, where one more range would not fit.</returns>
    public bool TryCover(Cursor after, Cursor through)
    {
        if (through <= Contiguous || through <= after)
            return true;

        ulong first = Math.Max(after.Value, Contiguous.Value) + 1;
        ulong last = through.Value;
        // The neighbours it touches melt into it.
        int from = _ranges.FindIndex(range => range.Last >= first - 1);
        from = from < 0 ? _ranges.Count : from;
        int to = from;
        while (to < _ranges.Count && (last == ulong.MaxValue || _ranges[to].First <= last + 1))
        {
            first = Math.Min(first, _ranges[to].First);
            last = Math.Max(last, _ranges[to].Last);
            to++;
        }

        bool joinsStart = first == Contiguous.Value + 1;
        if (!joinsStart && to == from && _ranges.Count == MaxRanges)
            return false;

        _ranges.RemoveRange(from, to - from);
        if (joinsStart)
            Contiguous = new Cursor(last);
        else
            _ranges.Insert(from, (first, last));

        return true;
    }

    /// <summary>The first missing range, or null.</summary>
    public (Cursor First, Cursor Last)? FirstGap() =>
        _ranges.Count == 0 ? null : (Contiguous.Next, new Cursor(_ranges[0].First - 1));
}
