using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

/// <summary>
/// C-STOR-03: a whole page of the log that cannot be read any more. Its rows are told as corrupt, nothing else is lost, and what it has to do
/// with (reading, acknowledging, expiry, the sweep, room for a push) goes on. An engine's own test class inherits it.
/// </summary>
public abstract class PageDamageConformance
{
    private const int RowsPerAppend = 100;
    private const int EnvelopeBytes = 300;

    private readonly Dictionary<ulong, byte[]> _envelopes = [];

    public static TheoryData<DamagedPlace> Places => [DamagedPlace.Rows, DamagedPlace.CursorIndex, DamagedPlace.ExpiryIndex];

    /// <summary>Blobs that differ in nothing which would keep an engine from storing them together.</summary>
    protected virtual int BlobsAlike => 1;

    private int Rows => 1200 * BlobsAlike;

    // More than a page of an index holds.
    private int LostMax => Rows / 2;

    /// <summary>Rows that are expired at least, however few are on the damaged page.</summary>
    protected virtual int ExpiredMin(DamagedPlace place) => Rows - LostMax;

    /// <summary>An empty log.</summary>
    protected abstract Task<IBlobLog> OpenAsync();

    /// <summary>Overwrites a page below the log that was opened, and opens it again.</summary>
    /// <param name="place">Which.</param>
    /// <param name="row">The envelope of a row that is on it, where it is one of rows.</param>
    protected abstract Task<IBlobLog> ReopenDamagedAsync(DamagedPlace place, byte[] row);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ReadAsync_DamagedPage_TellsItsRowsAndServesTheOthers(DamagedPlace place)
    {
        IBlobLog log = await DamageAsync(place);

        List<PageEntry> rows = await ReadAllAsync(log, after: 0);

        Assert.Equal(Enumerable.Range(1, Rows).Select(i => (ulong)i), rows.Select(row => row.Cursor.Value));
        Assert.All(rows.Where(row => row.State == EntryState.Blob), row => Assert.Equal(_envelopes[row.Cursor.Value], row.Envelope?.ToArray()));
        int corrupt = rows.Count(row => row.State == EntryState.Corrupt);
        Assert.InRange(corrupt, place == DamagedPlace.ExpiryIndex ? 0 : 2, place == DamagedPlace.ExpiryIndex ? 0 : LostMax);
        Assert.Equal(Rows, corrupt + rows.Count(row => row.State == EntryState.Blob));
        Assert.False((await log.VerifyAsync(Bounded.Token())) is { IsSound: true } && corrupt > 0);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task WriteAsync_AcknowledgementAcrossADamagedPage_GoesThroughAndTrims(DamagedPlace place)
    {
        ulong acked = (ulong)Rows - 100;
        IBlobLog log = await DamageAsync(place);
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        StoredDevice reader = group.Devices.Single(device => device.Device == Device(2)) with { Acked = new Cursor(acked) };

        for (int i = 0; i < Rows && group.Oldest.Value <= acked; i++)
        {
            Assert.IsType<LogWritten>(await log.WriteAsync(
                new GroupWrite { Group = Group(1), ExpectedVersion = group.Version, Devices = [reader], Trim = Delivered(acked) }, Bounded.Token()));
            group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
            Assert.Equal(acked, group.Devices.Single(device => device.Device == Device(2)).Acked.Value);
        }

        Assert.Equal(acked + 1, group.Oldest.Value);
        // What nobody could read any more is counted as used until nothing is stored.
        Assert.InRange(group.BytesUsed, 100 * EnvelopeBytes, (100 + LostMax) * EnvelopeBytes);
        List<PageEntry> rest = await ReadAllAsync(log, acked);
        Assert.Equal(100, rest.Count(row => row.State == EntryState.Blob));
        // The group lives.
        LogAppend append = Append(Group(1), group.Version, Device(1), (ulong)Rows + 1, 3);
        Assert.Equal((ulong)Rows + 3, Assert.IsType<LogWritten>(await log.AppendAsync(append, Bounded.Token())).Head.Value);
        await RequireOtherGroupAsync(log);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ExpireAsync_DamagedPage_ExpiresTheOthersAndTheSweepTakesAll(DamagedPlace place)
    {
        IBlobLog log = await DamageAsync(place);
        const ulong Later = Now + 10_000;
        using var counted = new StorageCount("zks.storage.expired_rows");

        int expired = 0;
        while (await log.ExpireAsync(Later, 64, Bounded.Token()) is > 0 and int rows)
            expired += rows;

        Assert.InRange(expired, ExpiredMin(place), place == DamagedPlace.CursorIndex ? Rows : Rows - 2);
        Assert.Equal(expired, counted.Value);
        // Nothing is served whose time is over, whether or not it could be freed.
        Assert.DoesNotContain(await ReadAllAsync(log, after: 0, Later), row => row.State == EntryState.Blob);

        await SweepAsync(log, storedThrough: 0, holesThrough: Later + 1);

        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        Assert.Equal(((ulong)Rows + 1, 0L), (group.Oldest.Value, group.BytesUsed));
        await RequireOtherGroupAsync(log);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task SweepAsync_DamagedPage_TrimsThatGroupAndThoseBehindIt(DamagedPlace place)
    {
        IBlobLog log = await DamageAsync(place);
        foreach (byte number in (byte[])[1, 2])
        {
            StoredGroup group = (await log.LoadAsync(Group(number), Bounded.Token()))!;
            StoredDevice reader = group.Devices.Single(device => device.Device == Device(2)) with { Acked = new Cursor(group.Head.Value) };
            Assert.IsType<LogWritten>(await log.WriteAsync(new GroupWrite { Group = Group(number), ExpectedVersion = group.Version, Devices = [reader] }, Bounded.Token()));
        }

        await SweepAsync(log, storedThrough: Now, holesThrough: 0);

        foreach (byte number in (byte[])[1, 2])
        {
            StoredGroup group = (await log.LoadAsync(Group(number), Bounded.Token()))!;
            Assert.Equal((group.Head.Value + 1, 0L), (group.Oldest.Value, group.BytesUsed));
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task AppendAsync_RoomBehindADamagedPage_IsMade(DamagedPlace place)
    {
        IBlobLog log = await DamageAsync(place);
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        LogWriteResult result = LogFenced.Instance;
        for (int i = 0; i < Rows && result is not LogWritten; i++)
        {
            group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
            LogAppend append = Append(Group(1), group.Version, Device(1), (ulong)Rows + 1, 1) with { BytesMax = Rows * EnvelopeBytes * 3L / 4, MakeRoom = Delivered((ulong)Rows - 10) };
            result = await log.AppendAsync(append, Bounded.Token());
            // As the group does where an append alone finds no room.
            if (result is LogQuotaExceeded)
                Assert.IsType<LogWritten>(await log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = group.Version, Trim = Delivered((ulong)Rows - 10) }, Bounded.Token()));
        }

        Assert.Equal((ulong)Rows + 1, Assert.IsType<LogWritten>(result).Head.Value);
        await RequireOtherGroupAsync(log);
    }

    private async Task<IBlobLog> DamageAsync(DamagedPlace place)
    {
        IBlobLog log = await OpenAsync();
        long version = await log.CreateSampleAsync(Group(1), Device(1), Device(2));
        long other = await log.CreateSampleAsync(Group(2), Device(1), Device(2));
        for (ulong first = 1; first <= (ulong)Rows; first += RowsPerAppend)
        {
            LogAppend append = Append(Group(1), version, Device(1), first, RowsPerAppend);
            append = append with { Entries = [.. append.Entries.Select(Changed)] };
            version = Assert.IsType<LogWritten>(await log.AppendAsync(append, Bounded.Token())).Version;
        }

        await log.AppendSampleAsync(Group(2), other, Device(1), 1, 5);
        return await ReopenDamagedAsync(place, _envelopes[(ulong)Rows / 4]);
    }

    private LogEntry Changed(LogEntry entry)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(EnvelopeBytes);
        _envelopes[entry.SenderSeq.Value] = envelope;
        return entry with { Envelope = envelope, ExpiresMs = Now + 1 + ((entry.SenderSeq.Value - 1) / (ulong)BlobsAlike) };
    }

    private static async Task<List<PageEntry>> ReadAllAsync(IBlobLog log, ulong after, ulong now = Now)
    {
        var rows = new List<PageEntry>();
        LogPage page;
        do
        {
            page = await log.PageAsync(Query(Group(1), after) with { NowMs = now });
            rows.AddRange(page.Entries);
            Assert.True(page.Through.Value > after);
            after = page.Through.Value;
        }
        while (after < page.Head.Value);

        return rows;
    }

    private static async Task SweepAsync(IBlobLog log, ulong storedThrough, ulong holesThrough)
    {
        long? after = 0;
        while (after is { } next)
        {
            var request = new SweepRequest { After = next, GroupsMax = 1, RowsMax = 64, StoredThroughMs = storedThrough, HolesThroughMs = holesThrough };
            after = (await log.SweepAsync(request, Bounded.Token())).Next;
        }
    }

    private static async Task RequireOtherGroupAsync(IBlobLog log)
    {
        ImmutableArray<PageEntry> rows = (await log.PageAsync(Query(Group(2), 0))).Entries;
        Assert.Equal(Enumerable.Range(1, 5).Select(i => Envelope((ulong)i)), rows.Select(row => row.Envelope?.ToArray()));
    }
}
