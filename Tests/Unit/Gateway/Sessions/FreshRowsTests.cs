using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class FreshRowsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FreshRows _rows;

    public FreshRowsTests() => _rows = new FreshRows(_time);

    [Fact]
    public void Take_NothingAdded_IsNull() => Assert.Null(_rows.Take(default));

    [Fact]
    public void Take_RightBeforeThem_GivesThemOnce()
    {
        Add(4, [5, 6]);

        Assert.Equal([5UL, 6UL], Cursors(_rows.Take(new Cursor(4))));
        Assert.Null(_rows.Take(new Cursor(4)));
    }

    [Fact]
    public void Take_ElsewhereInTheLog_IsNullAndForgets()
    {
        Add(4, [5, 6]);

        Assert.Null(_rows.Take(new Cursor(5)));
        Assert.Null(_rows.Take(new Cursor(4)));
    }

    [Fact]
    public void Take_SeveralThatFollow_AreOnePageThatSaysWhatTheLastSaid()
    {
        Add(4, [5, 6]);
        Add(6, [], through: 8);
        Add(8, [9]);

        ReadPage? page = _rows.Take(new Cursor(4));

        Assert.Equal([5UL, 6UL, 9UL], Cursors(page));
        Assert.Equal(new Cursor(9), page!.ThroughCursor);
        Assert.Equal(new Cursor(9), page.HeadCursor);
    }

    [Theory]
    [InlineData(7UL)]
    [InlineData(5UL)]
    [InlineData(4UL)]
    public void Take_SomethingThatDidNotFollow_IsNull(ulong after)
    {
        Add(4, [5, 6]);
        Add(after, [after + 1]);

        Assert.Null(_rows.Take(new Cursor(4)));
    }

    [Fact]
    public void Add_MoreBytesThanAreKept_IsLeftToARead()
    {
        Add(0, [1], FreshRows.BytesMax);
        Assert.NotNull(_rows.Take(default));

        Add(0, [1], FreshRows.BytesMax);
        Add(1, [2], 1);
        Assert.Null(_rows.Take(default));

        Add(0, [1], FreshRows.BytesMax + 1);
        Assert.Null(_rows.Take(default));
    }

    [Fact]
    public void Add_MoreRowsThanAreKept_IsLeftToARead()
    {
        ulong[] most = [.. Enumerable.Range(1, FreshRows.EntriesMax).Select(i => (ulong)i)];
        Add(0, most);
        Assert.NotNull(_rows.Take(default));

        Add(0, most);
        Add((ulong)most.Length, [(ulong)most.Length + 1]);
        Assert.Null(_rows.Take(default));
    }

    [Fact]
    public void Take_WhenARowMayHaveBeenDeleted_IsNull()
    {
        Add(0, [1]);
        _time.Advance(FreshRows.LifeMax / 2);
        // What came later does not make the first younger.
        Add(1, [2]);
        _time.Advance(FreshRows.LifeMax / 2);

        Assert.Null(_rows.Take(default));
    }

    private void Add(ulong after, ulong[] cursors, int bytes = 10) => Add(after, cursors, cursors[^1], bytes);

    private void Add(ulong after, ulong[] cursors, ulong through, int bytes = 10) => _rows.Add(new FreshPage(
        new Cursor(after),
        new ReadPage
        {
            Entries = [.. cursors.Select(cursor => FreshStory.Row(cursor, bytes))],
            ThroughCursor = new Cursor(through),
            HasMore = false,
            OldestCursor = new Cursor(1),
            HeadCursor = new Cursor(through),
        },
        _time.GetTimestamp()));

    private static IEnumerable<ulong> Cursors(ReadPage? page) => Assert.IsType<ReadPage>(page).Entries.Select(entry => entry.Cursor.Value);
}
