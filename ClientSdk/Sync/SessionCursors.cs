using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// How far one relay's log holds nothing new for this device: pages cover what they reach, and this device's own pushes cover themselves,
/// because the relay announces them to the others only.
/// </summary>
internal sealed class SessionCursors(Cursor position, StatusBoard board)
{
    private readonly Lock _gate = new();
    private readonly CursorTracker _covered = new(position);

    /// <summary>A page reached from one cursor to another.</summary>
    public void Page(Cursor after, Cursor through, bool isCaughtUp) => Cover(after, through, isCaughtUp);

    /// <summary>One of this device's own blobs is at a cursor.</summary>
    public void Own(Cursor cursor)
    {
        if (cursor.Value > 0)
            Cover(new Cursor(cursor.Value - 1), cursor, isCaughtUp: null);
    }

    private void Cover(Cursor after, Cursor through, bool? isCaughtUp)
    {
        Cursor contiguous;
        lock (_gate)
        {
            // Where one range more would not fit, the next page covers it all the same.
            _covered.TryCover(after, through);
            contiguous = _covered.Contiguous;
        }

        StatusFacts before = board.Facts;
        if (before.Through != contiguous || (isCaughtUp is not null && before.IsCaughtUp != isCaughtUp))
            board.Update(facts => facts with { Through = contiguous, IsCaughtUp = isCaughtUp ?? facts.IsCaughtUp });
    }
}
