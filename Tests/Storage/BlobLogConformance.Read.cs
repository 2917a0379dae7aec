using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task ReadAsync_Bounds_AreKeptAndOneRowIsAlwaysAllowed()
    {
        long version = await CreateAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 10), Token);

        LogPage byCount = await ReadAsync(Query(Group(1), 2) with { CountMax = 3 });
        LogPage byBytes = await ReadAsync(Query(Group(1), 0) with { BytesMax = 1 });

        Assert.Equal([3, 4, 5], byCount.Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(5UL, byCount.Through.Value);
        Assert.Equal([1], byBytes.Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(1UL, byBytes.Through.Value);
    }

    [Fact]
    public async Task ReadAsync_OwnRowsPassedOver_MoveThrough()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 4), Token)).Version;
        await Log.AppendAsync(Append(Group(1), version, Device(2), 1, 1), Token);

        LogPage own = await ReadAsync(Query(Group(1), 0) with { Except = Device(1) });
        LogPage theirs = await ReadAsync(Query(Group(1), 4) with { Except = Device(2) });

        Assert.Equal([5], own.Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(5UL, own.Through.Value);
        Assert.Empty(theirs.Entries);
        Assert.Equal(5UL, theirs.Through.Value);
    }

    [Fact]
    public async Task ReadAsync_AfterTheHead_IsEmptyAndStaysThere()
    {
        long version = await CreateAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token);

        LogPage page = await ReadAsync(Query(Group(1), 5));

        Assert.Empty(page.Entries);
        Assert.Equal((5UL, 1UL, 2UL), (page.Through.Value, page.Oldest.Value, page.Head.Value));
    }

    [Fact]
    public async Task ReadAsync_EmptyGroup_SaysThatOldestIsBehindTheHead()
    {
        await CreateAsync(Group(1), Device(1));

        LogPage page = await ReadAsync(Query(Group(1), 0));

        Assert.Equal((0UL, 1UL, 0UL), (page.Through.Value, page.Oldest.Value, page.Head.Value));
    }

    [Fact]
    public async Task ReadAsync_PageByPage_NamesEveryRowOnce()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        ulong seq = 0;
        for (int batch = 0; batch < 8; batch++)
        {
            version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), seq + 1, 5), Token)).Version;
            version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(2), seq + 1, 5), Token)).Version;
            seq += 5;
        }

        var seen = new List<ulong>();
        ulong after = 0;
        do
        {
            LogPage page = await ReadAsync(Query(Group(1), after) with { Except = Device(2), CountMax = 7, BytesMax = 4000 });
            Assert.InRange(page.Entries.Length, 0, 3);
            Assert.All(page.Entries, entry => Assert.InRange(entry.Cursor.Value, after + 1, page.Through.Value));
            seen.AddRange(page.Entries.Select(entry => entry.Cursor.Value));
            Assert.True(page.Through.Value > after);
            after = page.Through.Value;
        }
        while (after < 80);

        Assert.Equal(Enumerable.Range(0, 80).Where(i => i % 10 < 5).Select(i => (ulong)i + 1), seen);
    }

    [Fact]
    public async Task ReadAsync_ManyOwnRows_AnswersBeforeItHasLookedAtAll()
    {
        long version = await CreateAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 100), Token);

        LogPage page = await ReadAsync(Query(Group(1), 0) with { Except = Device(1), CountMax = 5 });

        Assert.Empty(page.Entries);
        Assert.InRange(page.Through.Value, 5UL, 99UL);
    }

    [Fact]
    public async Task ReadAsync_LargestEnvelope_ComesWhole()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 2);
        byte[] large = RandomNumberGenerator.GetBytes(Limits.EnvelopeBytes);
        append = append with { Entries = [append.Entries[0] with { Envelope = large }, append.Entries[1]] };
        await Log.AppendAsync(append, Token);

        LogPage page = await ReadAsync(Query(Group(1), 0));

        Assert.Equal(large, Assert.Single(page.Entries).Envelope?.ToArray());
        Assert.Equal(1UL, page.Through.Value);
    }

    [Fact]
    public async Task ReadAsync_RowThatIsGone_ComesAsCorruptWithTheIdsOfItsRing()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        LogAppend append = Append(Group(1), version, Device(1), 1, 5);
        await AppendEachAsync(append);
        await ChangeAsync("DELETE FROM entries WHERE cursor = 3");
        await ChangeAsync("DELETE FROM entries WHERE cursor = 5");

        LogPage page = await ReadAsync(Query(Group(1), 0));
        LogPage own = await ReadAsync(Query(Group(1), 0) with { Except = Device(1) });
        PageEntry? found = await Log.FindAsync(Group(1), new Cursor(5), Now, Token);

        Assert.Equal([EntryState.Blob, EntryState.Blob, EntryState.Corrupt, EntryState.Blob, EntryState.Corrupt], page.Entries.Select(entry => entry.State));
        Assert.Equal((append.Entries[2].BlobId, Device(1), 3UL), (page.Entries[2].BlobId, page.Entries[2].Sender, page.Entries[2].SenderSeq.Value));
        Assert.Equal([3, 5], own.Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(5UL, own.Through.Value);
        Assert.Equal((EntryState.Corrupt, append.Entries[4].BlobId), (found!.State, found.BlobId));
        Assert.False((await Log.VerifyAsync(Token)).IsSound);
    }

    [Fact]
    public async Task FindAsync_Rows_AreDescribedWithoutTheirEnvelope()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 2);
        await Log.AppendAsync(append, Token);

        PageEntry found = (await Log.FindAsync(Group(1), new Cursor(2), Now, Token))!;

        Assert.Equal((append.Entries[1].BlobId, Device(1), 2UL, EntryState.Blob), (found.BlobId, found.Sender, found.SenderSeq.Value, found.State));
        Assert.Null(found.Envelope);
        Assert.Null(await Log.FindAsync(Group(1), new Cursor(3), Now, Token));
        Assert.Null(await Log.FindAsync(Group(1), new Cursor(0), Now, Token));
        Assert.Null(await Log.FindAsync(Group(2), new Cursor(1), Now, Token));
    }
}
