using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

/// <summary>
/// A log that grows while a subscription reads it. Rows are handed on late, not at all, or in another order than they were stored; a notice of
/// every batch of others comes at some time.
/// </summary>
internal sealed class FreshStory
{
    private const ulong RowsMax = 40;

    private readonly Random _random;
    private readonly FakeTimeProvider _time = new();
    private readonly SessionObserver _observer;
    private readonly List<FreshPage> _pages = [];
    private readonly List<Cursor> _notices = [];
    private readonly List<ulong> _received = [];
    private readonly CancellationTokenSource _level = new();
    private ulong _head;

    public FreshStory(int seed)
    {
        _random = new Random(seed);
        _observer = new SessionObserver(default, _time);
        _observer.Feed(isFed: true);
    }

    /// <summary>Pages that were not read.</summary>
    public int Spared { get; private set; }

    public IReadOnlyList<ulong> Received => _received;

    public static IEnumerable<ulong> Expected => Enumerable.Range(1, (int)RowsMax).Select(i => (ulong)i).Where(IsOthers);

    public async Task RunAsync()
    {
        Task writing = WriteAsync();
        var feed = new SubscriptionFeed(ReadAsync, SendAsync, _observer.HeadMoved);
        Assert.True(await Record.ExceptionAsync(() => feed.RunAsync(default, _level.Token)) is OperationCanceledException or null);
        await writing;
    }

    public static PageEntry Row(ulong cursor, int bytes) => new()
    {
        Cursor = new Cursor(cursor),
        State = EntryState.Blob,
        Sender = default,
        BlobId = default,
        KeyEpoch = default,
        FirstSeq = new Sequence(cursor),
        SenderSeq = new Sequence(cursor),
        TimestampMs = 0,
        Envelope = new byte[bytes],
    };

    // Every third row is the reader's own.
    private static bool IsOthers(ulong cursor) => cursor % 3 != 0;

    private async Task WriteAsync()
    {
        while (_head < RowsMax)
        {
            await YieldAsync();
            ulong after = _head;
            // A batch is one sender's.
            bool isOthers = IsOthers(after + 1);
            do
            {
                _head++;
            }
            while (_head < RowsMax && IsOthers(_head + 1) == isOthers && _random.Next(2) == 0);

            _pages.Add(new FreshPage(new Cursor(after), Page(after, _head), _time.GetTimestamp()));
            if (isOthers)
                _notices.Add(new Cursor(_head));

            while (_random.Next(3) != 0)
                Happen();
        }

        while (_notices.Count > 0)
        {
            await YieldAsync();
            Happen();
        }
    }

    private void Happen()
    {
        if (_random.Next(2) == 0 && _notices.Count > 0)
            _observer.OnHead(new HeadNotice { HeadCursor = Draw(_notices), Count = 1, SizeBytes = 1 });
        else if (_pages.Count > 0)
            HandOn(Draw(_pages, isMostlyFirst: true));
    }

    private void HandOn(FreshPage page)
    {
        // Some are too large to be kept, or not of this gateway.
        if (_random.Next(4) == 0)
            return;

        if (page.Page.Entries.IsEmpty)
            _observer.PassOver(page);
        else
            _observer.OnFresh(page);
    }

    private T Draw<T>(List<T> from, bool isMostlyFirst = false)
    {
        int at = isMostlyFirst && _random.Next(3) != 0 ? 0 : _random.Next(from.Count);
        T drawn = from[at];
        from.RemoveAt(at);
        return drawn;
    }

    private async Task<ReadResult> ReadAsync(Cursor after, CancellationToken cancellationToken)
    {
        if (_observer.TakeFresh(after) is { } fresh)
        {
            Spared++;
            return fresh;
        }

        await YieldAsync();
        ReadPage page = Page(after.Value, Math.Min(_head, after.Value + (ulong)_random.Next(1, 6)));
        await YieldAsync();
        return page;
    }

    private ReadPage Page(ulong after, ulong through) => new()
    {
        Entries = [.. Enumerable.Range(0, (int)(through - after)).Select(i => after + 1 + (ulong)i).Where(IsOthers).Select(cursor => Row(cursor, 10))],
        ThroughCursor = new Cursor(through),
        HasMore = through < _head,
        OldestCursor = new Cursor(1),
        HeadCursor = new Cursor(_head),
    };

    private async Task SendAsync(ReadPage page, CancellationToken cancellationToken)
    {
        await YieldAsync();
        _received.AddRange(page.Entries.Select(entry => entry.Cursor.Value));
        if (page.ThroughCursor.Value == RowsMax)
            await _level.CancelAsync();
    }

    private async Task YieldAsync()
    {
        for (int i = _random.Next(3); i > 0; i--)
            await Task.Yield();
    }
}
