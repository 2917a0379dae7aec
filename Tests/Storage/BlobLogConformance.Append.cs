using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task AppendAsync_Batches_AssignGaplessCursorsInOrder()
    {
        long version = await CreateAsync(Group(1), Device(1));

        var first = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 3), Token));
        var second = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), first.Version, Device(1), 4, 2), Token));

        Assert.Equal(3UL, first.Head.Value);
        Assert.Equal(5UL, second.Head.Value);
        LogPage page = await ReadAsync(Query(Group(1), 0));
        Assert.Equal([1, 2, 3, 4, 5], page.Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal([1, 2, 3, 4, 5], page.Entries.Select(entry => entry.SenderSeq.Value));
        Assert.Equal(5UL, page.Through.Value);
        Assert.All(page.Entries, entry => Assert.Equal(Envelope(entry.SenderSeq.Value), entry.Envelope?.ToArray()));
    }

    [Fact]
    public async Task AppendAsync_StaleVersion_IsFencedAndStoresNothing()
    {
        long version = await CreateAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 1), Token);

        Assert.IsType<LogFenced>(await Log.AppendAsync(Append(Group(1), version, Device(1), 2, 1), Token));

        Assert.Equal(1UL, (await ReadAsync(Query(Group(1), 0))).Head.Value);
    }

    [Fact]
    public async Task AppendAsync_TwoActivationsAtOnce_OneWinsEachVersion()
    {
        const int Rounds = 50;
        long version = await CreateAsync(Group(1), Device(1));
        ulong stored = 0;
        for (ulong round = 1; round <= Rounds; round++)
        {
            LogWriteResult[] results = await Task.WhenAll(
                Log.AppendAsync(Append(Group(1), version, Device(1), round, 1), Token),
                Log.AppendAsync(Append(Group(1), version, Device(1), round, 1), Token));
            LogWritten winner = Assert.IsType<LogWritten>(Assert.Single(results, result => result is LogWritten));
            version = winner.Version;
            stored++;
            Assert.Equal(stored, winner.Head.Value);
        }
    }

    [Fact]
    public async Task AppendAsync_ManyGroupsAtOnce_EachHasItsOwnCursors()
    {
        const int Groups = 40;
        long[] versions = await Task.WhenAll(Enumerable.Range(0, Groups).Select(i => CreateAsync(Group((byte)i), Device(1))));

        for (ulong seq = 1; seq <= 5; seq++)
        {
            LogWriteResult[] results = await Task.WhenAll(Enumerable.Range(0, Groups).Select(i => Log.AppendAsync(Append(Group((byte)i), versions[i], Device(1), seq, 1), Token)));
            for (int i = 0; i < Groups; i++)
            {
                LogWritten written = Assert.IsType<LogWritten>(results[i]);
                Assert.Equal(seq, written.Head.Value);
                versions[i] = written.Version;
            }
        }
    }

    [Fact]
    public async Task LoadAsync_AfterAppends_KnowsSequenceLinkAndRing()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 7);
        await Log.AppendAsync(append, Token);

        StoredDevice device = Assert.Single((await Log.LoadAsync(Group(1), Token))!.Devices);

        Assert.Equal(7UL, device.LastSeq.Value);
        Assert.Equal(append.LastLink, device.LastLink);
        Assert.Equal(append.Entries.Select((entry, i) => new RingEntry(entry.SenderSeq, entry.BlobId, new Cursor((ulong)i + 1), Now)), device.Ring);
    }

    [Fact]
    public async Task LoadAsync_MoreThanARing_KeepsAtLeastTheLast1024()
    {
        long version = await CreateAsync(Group(1), Device(1));
        for (ulong seq = 1; seq <= 1500; seq += 100)
            version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), seq, 100), Token)).Version;

        ImmutableArray<RingEntry> ring = Assert.Single((await Log.LoadAsync(Group(1), Token))!.Devices).Ring;

        Assert.InRange(ring.Length, Limits.SenderRing, Limits.SenderRing + 200);
        Assert.Equal(1500UL, ring[^1].SenderSeq.Value);
    }

    [Fact]
    public async Task AppendAsync_VoidRun_KeepsBothEnds()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 1);
        append = append with { Entries = [append.Entries[0] with { SenderSeq = new Sequence(2000) }] };

        version = Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)).Version;
        await Log.AppendAsync(Append(Group(1), version, Device(1), 2001, 1), Token);

        PageEntry run = (await ReadAsync(Query(Group(1), 0))).Entries[0];
        Assert.Equal((1UL, 2000UL), (run.FirstSeq.Value, run.SenderSeq.Value));
        StoredDevice device = Assert.Single((await Log.LoadAsync(Group(1), Token))!.Devices);
        Assert.Equal(2001UL, device.LastSeq.Value);
        Assert.Contains(device.Ring, entry => entry.SenderSeq.Value == 2000);
    }

    [Fact]
    public async Task Writes_AllOfThem_AreFencedByTheVersionAndChangeNothing()
    {
        long version = await CreateAsync(Group(1), Device(1));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token)).Version;
        Func<GroupId, long, Task<LogWriteResult>>[] writes =
        [
            (group, expected) => Log.WriteAsync(new GroupWrite { Group = group, ExpectedVersion = expected, Devices = NewGroup(group, Device(9)).Devices, Chain = [Statement(200)] }, Token),
            (group, expected) => Log.AppendAsync(Append(group, expected, Device(1), 3, 1), Token),
            (group, expected) => Log.AppendAsync(Append(group, expected, Device(1), 3, 1) with { BytesMax = 1 }, Token),
            (group, expected) => Log.MarkAsync(Deletion(group, expected, 1), Token),
            (group, expected) => Log.RefillAsync(Refill(group, expected, new PageEntry { Cursor = new Cursor(1), State = default, Sender = Device(1), BlobId = default, KeyEpoch = default, FirstSeq = default, SenderSeq = default, TimestampMs = 0 }), Token),
        ];

        foreach (Func<GroupId, long, Task<LogWriteResult>> write in writes)
        {
            Assert.IsType<LogFenced>(await write(Group(1), version - 1));
            Assert.IsType<LogFenced>(await write(Group(1), version + 1));
            Assert.IsType<LogFenced>(await write(Group(7), 1));
        }

        StoredGroup group = (await Log.LoadAsync(Group(1), Token))!;
        Assert.Equal((version, 2UL, 2L * 1024), (group.Version, group.Head.Value, group.BytesUsed));
        Assert.Equal(Device(1), Assert.Single(group.Devices).Device);
        Assert.Empty(group.Chain);
        Assert.Empty(await Log.ReadAuditAsync(Group(1), Token));
    }

    [Fact]
    public async Task AppendAsync_SenderNobodyKnows_FailsAloneAmongMany()
    {
        long first = await CreateAsync(Group(1), Device(1));
        long second = await CreateAsync(Group(2), Device(1));

        Task<LogWriteResult>[] appends =
        [
            .. Enumerable.Range(0, 4).Select(_ => Log.AppendAsync(Append(Group(1), first, Device(66), 1, 1), Token)),
            Log.AppendAsync(Append(Group(2), second, Device(1), 1, 1), Token),
        ];

        foreach (Task<LogWriteResult> append in appends[..^1])
            await Assert.ThrowsAsync<StorageException>(() => append);

        Assert.Equal(1UL, Assert.IsType<LogWritten>(await appends[^1]).Head.Value);
        Assert.Equal((0UL, 0L), ((await Log.LoadAsync(Group(1), Token))!.Head.Value, (await Log.GetStatisticsAsync(Group(1), Token))!.BytesUsed));
    }

    [Fact]
    public async Task AppendAsync_OverTheQuota_IsRefusedAndChangesNothing()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 3), Token)).Version;
        LogAppend more = Append(Group(1), version, Device(1), 4, 2) with { BytesMax = 4 * 1024 };

        LogWriteResult bare = await Log.AppendAsync(more, Token);
        // Two of the three would have to go, and only one may.
        LogWriteResult trimmed = await Log.AppendAsync(more with { BytesMax = 3 * 1024, MakeRoom = Delivered(1) }, Token);

        Assert.Equal(new LogQuotaExceeded(3 * 1024), bare);
        Assert.Equal(new LogQuotaExceeded(3 * 1024), trimmed);
        StoredGroup group = (await Log.LoadAsync(Group(1), Token))!;
        Assert.Equal((version, 1UL, 3UL), (group.Version, group.Oldest.Value, group.Head.Value));
    }

    [Fact]
    public async Task AppendAsync_OverTheQuotaWithDeliveredRows_TrimsAsManyAsItNeeds()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 6), Token)).Version;

        var written = Assert.IsType<LogWritten>(await Log.AppendAsync(
            Append(Group(1), version, Device(1), 7, 2) with { BytesMax = 6 * 1024, MakeRoom = Delivered(5) }, Token));

        Assert.Equal((3UL, 8UL, 6L * 1024), (written.Oldest.Value, written.Head.Value, written.BytesUsed));
        Assert.Equal([3, 4, 5, 6, 7, 8], (await ReadAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(written.Version, (await Log.LoadAsync(Group(1), Token))!.Version);
        Assert.Equal(9UL, Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), written.Version, Device(1), 9, 1), Token)).Head.Value);
    }

    [Fact]
    public async Task AppendAsync_ExactlyTheQuota_Fits()
    {
        long version = await CreateAsync(Group(1), Device(1));

        Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2) with { BytesMax = 2048 }, Token));
    }
}
