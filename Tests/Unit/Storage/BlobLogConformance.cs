using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Storage;

/// <summary>What every engine of the blob log must do. An engine's own test class inherits it.</summary>
public abstract class BlobLogConformance
{
    protected const ulong Now = 1_800_000_000_000;

    protected abstract IBlobLog Log { get; }

    private static CancellationToken Token => Bounded.Token();

    [Fact]
    public async Task LoadAsync_GroupNobodyMade_IsNull()
    {
        Assert.Null(await Log.LoadAsync(Group(1), Token));
        Assert.Null(await Log.ReadAsync(Query(Group(1), 0), Token));
    }

    [Fact]
    public async Task CreateAsync_Twice_IsFencedAndKeepsTheFirst()
    {
        StoredGroup first = NewGroup(Group(1), Device(1));
        Assert.IsType<LogWritten>(await Log.CreateAsync(first, Token));

        Assert.IsType<LogFenced>(await Log.CreateAsync(NewGroup(Group(1), Device(2)), Token));

        StoredGroup? loaded = await Log.LoadAsync(Group(1), Token);
        Assert.Equal(first.RelayEpoch, loaded?.RelayEpoch);
        Assert.Equal(Device(1), Assert.Single(loaded!.Devices).Device);
    }

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
    public async Task WriteAsync_Device_ChangesItAndNotItsSequence()
    {
        long version = await CreateAsync(Group(1), Device(1));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token)).Version;
        StoredDevice older = NewGroup(Group(1), Device(1)).Devices[0] with { Acked = new Cursor(2), Revoked = RevocationReason.Lost };

        Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Devices = [older] }, Token));

        StoredDevice device = Assert.Single((await Log.LoadAsync(Group(1), Token))!.Devices);
        Assert.Equal(2UL, device.Acked.Value);
        Assert.Equal(RevocationReason.Lost, device.Revoked);
        Assert.Equal(2UL, device.LastSeq.Value);
    }

    [Fact]
    public async Task WriteAsync_Chain_RoundTrips()
    {
        long version = await CreateAsync(Group(1), Device(1));
        ImmutableArray<ChainStatement> chain = [Statement(200), Statement(300)];

        await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Chain = chain }, Token);

        StoredGroup loaded = (await Log.LoadAsync(Group(1), Token))!;
        Assert.Equal(2u, loaded.KeyEpoch.Value);
        Assert.Equal(chain.Select(link => Convert.ToHexString(link.Statement.Span)), loaded.Chain.Select(link => Convert.ToHexString(link.Statement.Span)));
    }

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
    public async Task WriteAsync_Trim_TakesTheDeliveredPrefixOnly()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 6), Token)).Version;

        // Device 1 has acknowledged nothing, yet its own rows need only device 2's word, given up to 4.
        var trim = new TrimRequest { AllThrough = default, OthersThrough = new Cursor(4), Laggard = Device(1), StoredThroughMs = Now, HolesThroughMs = 0 };
        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = trim }, Token));

        Assert.Equal(5UL, written.Oldest.Value);
        Assert.Equal(6UL, written.Head.Value);
        Assert.Equal(2L * Envelope(1).Length, written.BytesUsed);
        Assert.Equal([5, 6], (await ReadAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
    }

    [Fact]
    public async Task WriteAsync_TrimYoungerThanRetention_TakesNothing()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token)).Version;

        var trim = new TrimRequest { AllThrough = new Cursor(2), OthersThrough = new Cursor(2), Laggard = Device(1), StoredThroughMs = Now - 1, HolesThroughMs = 0 };
        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = trim }, Token));

        Assert.Equal(1UL, written.Oldest.Value);
    }

    [Fact]
    public async Task ExpireAsync_DueRows_KeepTheirPlaceAndFreeTheirBytes()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 3);
        append = append with { Entries = [append.Entries[0] with { ExpiresMs = Now + 1 }, .. append.Entries.Skip(1)] };
        await Log.AppendAsync(append, Token);

        // A reader sees it as expired the moment it is, whether or not it has been collected.
        Assert.Equal(EntryState.Expired, (await ReadAsync(Query(Group(1), 0) with { NowMs = Now + 1 })).Entries[0].State);
        Assert.Equal(1, await Log.ExpireAsync(Now + 1, 100, Token));
        Assert.Equal(0, await Log.ExpireAsync(Now + 1, 100, Token));

        LogPage page = await ReadAsync(Query(Group(1), 0));
        Assert.Equal([EntryState.Expired, EntryState.Blob, EntryState.Blob], page.Entries.Select(entry => entry.State));
        Assert.Null(page.Entries[0].Envelope);
        Assert.Equal(2L * Envelope(1).Length, (await Log.GetStatisticsAsync(Group(1), Token))?.BytesUsed);
    }

    protected static GroupId Group(byte number) => GroupId.Read([.. Enumerable.Repeat(number, 32)]);

    protected static DeviceId Device(byte number) => DeviceId.Read([.. Enumerable.Repeat((byte)(number + 100), 32)]);

    protected static byte[] Envelope(ulong seq)
    {
        byte[] envelope = new byte[1024];
        Array.Fill(envelope, (byte)(seq % 251));
        return envelope;
    }

    protected static LogQuery Query(GroupId group, ulong after) => new() { Group = group, After = new Cursor(after), CountMax = 100, BytesMax = 1 << 20, NowMs = Now };

    protected static StoredGroup NewGroup(GroupId group, params ReadOnlySpan<DeviceId> devices)
    {
        var rows = ImmutableArray.CreateBuilder<StoredDevice>();
        foreach (DeviceId device in devices)
            rows.Add(new StoredDevice { Device = device, Card = new byte[] { 1 }, Acked = default, FirstSeenMs = Now, LastSeenMs = Now });

        return new StoredGroup
        {
            Group = group,
            Version = 1,
            RelayEpoch = RelayEpoch.Read(RandomNumberGenerator.GetBytes(16)),
            OriginKey = AdmissionKey.Read(new byte[32]),
            Chain = [],
            Oldest = new Cursor(1),
            Head = default,
            BytesUsed = 0,
            Devices = rows.DrainToImmutable(),
        };
    }

    protected static LogAppend Append(GroupId group, long version, DeviceId sender, ulong firstSeq, int count) => new()
    {
        Group = group,
        ExpectedVersion = version,
        Sender = sender,
        TimestampMs = Now,
        LastLink = SequenceLink.Read(RandomNumberGenerator.GetBytes(32)),
        Entries =
        [
            .. Enumerable.Range(0, count).Select(i => firstSeq + (ulong)i).Select(seq => new LogEntry(
                BlobId.Read(RandomNumberGenerator.GetBytes(16)),
                default,
                new Sequence(seq),
                new Sequence(seq),
                Now + 1_000_000,
                Envelope(seq))),
        ],
    };

    protected async Task<long> CreateAsync(GroupId group, params DeviceId[] devices) =>
        Assert.IsType<LogWritten>(await Log.CreateAsync(NewGroup(group, devices), Token)).Version;

    protected async Task<LogPage> ReadAsync(LogQuery query) => await Log.ReadAsync(query, Token) ?? throw new InvalidOperationException("The group is there.");

    private static ChainStatement Statement(int length) => new() { Statement = RandomNumberGenerator.GetBytes(length), Signature = RandomNumberGenerator.GetBytes(64) };
}
