using System.Collections.Concurrent;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Storage.Sqlite.Faults;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>What a power failure, a full disk and a disk that does not sync leave: whatever was acknowledged, whole.</summary>
public sealed class SqlitePowerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 6)]
    [InlineData(3, 6)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public async Task R_POWER_UnsyncedSectorsLostUnderLoad_EveryAcknowledgedBlobIsThere(int seed, int groups)
    {
        int crashes = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") is null ? 12 : 400;
        FaultVfs vfs = FaultVfs.Register($"zks-power-{seed}");
        await using SqliteStore store = Open(vfs);
        var log = new SqliteBlobLog(store);
        var acked = new ConcurrentDictionary<GroupId, LogAcknowledged>();
        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(1, groups).Select(i => WriteAsync(log, Group((byte)i), acked, stop.Token))];
        var random = new Random(seed);
        for (int crash = 0; crash < crashes; crash++)
        {
            // More is written meanwhile: the failure meets a transaction under way.
            int syncs = vfs.Disk.Syncs + random.Next(1, 40);
            await Bounded.UntilAsync(() => vfs.Disk.Syncs >= syncs);
            await CrashAndCheckAsync(vfs.Disk, acked, random);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers).Within();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task C_STOR_01_DiskFull_RefusesTypedAndGoesOnWhenThereIsRoom(int count)
    {
        FaultVfs vfs = FaultVfs.Register($"zks-full-{count}");
        var acked = new ConcurrentDictionary<GroupId, LogAcknowledged>();
        await using (SqliteStore store = Open(vfs))
        {
            var log = new SqliteBlobLog(store);
            long version = await log.CreateSampleAsync(Group(1), Device(1));
            vfs.Disk.Room = 600 << 10;
            StorageException? refused = null;
            while (refused is null)
            {
                LogAppend append = Append(Group(1), version, Device(1), acked.GetValueOrDefault(Group(1)).Head + 1, count);
                try
                {
                    version = Assert.IsType<LogWritten>(await log.AppendAsync(append, Bounded.Token())).Version;
                    acked[Group(1)] = new LogAcknowledged(append.Entries[^1].SenderSeq.Value, version);
                }
                catch (StorageException exception)
                {
                    refused = exception;
                }
            }

            Assert.Equal(StorageErrorKind.Full, refused.Kind);
            Assert.InRange(acked[Group(1)].Head, 30UL, 600UL);
            // It stays typed, reads go on, and a crash now finds what was acknowledged.
            Assert.Equal(StorageErrorKind.Full, (await Assert.ThrowsAsync<StorageException>(() => log.AppendAsync(Append(Group(1), version, Device(1), acked[Group(1)].Head + 1, count), Bounded.Token()))).Kind);
            Assert.Equal(acked[Group(1)].Head, (await log.PageAsync(Query(Group(1), 0))).Head.Value);
            await CrashAndCheckAsync(vfs.Disk, acked, new Random(1));

            vfs.Disk.Room = long.MaxValue;
            var written = Assert.IsType<LogWritten>(await log.AppendAsync(Append(Group(1), version, Device(1), acked[Group(1)].Head + 1, count), Bounded.Token()));
            acked[Group(1)] = new LogAcknowledged(written.Head.Value, written.Version);
            Assert.True((await log.VerifyAsync(Bounded.Token())).IsSound);
            await CrashAndCheckAsync(vfs.Disk, acked, new Random(2));
        }

        await using SqliteStore reopened = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        await CheckAsync(reopened, acked);
    }

    [Fact]
    public async Task DisposeAsync_DiskIsFull_EndsAndLeavesWhatWasAcknowledged()
    {
        FaultVfs vfs = FaultVfs.Register("zks-full-end");
        var acked = new ConcurrentDictionary<GroupId, LogAcknowledged>();
        await using (SqliteStore store = Open(vfs))
        {
            var log = new SqliteBlobLog(store);
            long version = await log.CreateSampleAsync(Group(1), Device(1));
            for (ulong seq = 1; seq <= 5; seq++)
                version = await log.AppendSampleAsync(Group(1), version, Device(1), seq, 1);

            acked[Group(1)] = new LogAcknowledged(5, version);
            vfs.Disk.Room = 0;
        }

        vfs.Disk.Room = long.MaxValue;
        await using SqliteStore reopened = Open(vfs);
        await CheckAsync(reopened, acked);
    }

    [Fact]
    public async Task AppendAsync_SyncFails_IsNotAcknowledgedAndTheNextIs()
    {
        FaultVfs vfs = FaultVfs.Register("zks-sync");
        await using SqliteStore store = Open(vfs);
        var log = new SqliteBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1));
        version = await log.AppendSampleAsync(Group(1), version, Device(1), 1, 1);

        vfs.Disk.IsSyncFailing = true;
        LogAppend append = Append(Group(1), version, Device(1), 2, 1);
        append = append with { Entries = [append.Entries[0] with { Envelope = new byte[2000] }] };
        StorageException failed = await Assert.ThrowsAsync<StorageException>(() => log.AppendAsync(append, Bounded.Token()));
        vfs.Disk.IsSyncFailing = false;
        // Nobody knows what became of it: the state is loaded again, as a grain does.
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        ulong next = group.Devices[0].LastSeq.Value + 1;
        var written = Assert.IsType<LogWritten>(await log.AppendAsync(Append(Group(1), group.Version, Device(1), next, 1), Bounded.Token()));
        // And the one after it, which is decided on what the writer remembers.
        written = Assert.IsType<LogWritten>(await log.AppendAsync(Append(Group(1), written.Version, Device(1), next + 1, 1), Bounded.Token()));

        Assert.Equal((StorageErrorKind.Unavailable, 3L * 1024), (failed.Kind, written.BytesUsed));
        var acked = new ConcurrentDictionary<GroupId, LogAcknowledged> { [Group(1)] = new LogAcknowledged(written.Head.Value, written.Version) };
        await CrashAndCheckAsync(vfs.Disk, acked, new Random(1));
    }

    private SqliteStore Open(FaultVfs vfs) => SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, Vfs = vfs.Name, CheckpointPages = 100 });

    private static async Task WriteAsync(SqliteBlobLog log, GroupId group, ConcurrentDictionary<GroupId, LogAcknowledged> acked, CancellationToken stop)
    {
        long version = await log.CreateSampleAsync(group, Device(1));
        ulong seq = 1;
        while (!stop.IsCancellationRequested)
        {
            // One alone is stored otherwise than two.
            int count = seq % 7 == 0 ? 2 : 1;
            version = await log.AppendSampleAsync(group, version, Device(1), seq, count);
            seq += (ulong)count;
            acked[group] = new LogAcknowledged(seq - 1, version);
            if (seq > 20 && seq % 41 == 0)
                version = Assert.IsType<LogWritten>(await log.WriteAsync(new GroupWrite { Group = group, ExpectedVersion = version, Trim = Delivered(seq - 20) }, Bounded.Token())).Version;
        }
    }

    private static async Task CrashAndCheckAsync(FaultDisk disk, ConcurrentDictionary<GroupId, LogAcknowledged> acked, Random random)
    {
        // First what was acknowledged, then the failure: whatever is acknowledged between them is not asked for.
        KeyValuePair<GroupId, LogAcknowledged>[] before = [.. acked];
        using var left = new TempDirectory();
        disk.Crash(random, left.Path);
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = left.Path });
        await CheckAsync(store, before);
    }

    private static async Task CheckAsync(SqliteStore store, IEnumerable<KeyValuePair<GroupId, LogAcknowledged>> acked)
    {
        var log = new SqliteBlobLog(store);
        Assert.True(await log.VerifyAsync(Bounded.Token()) is { IsSound: true, QuarantinedRows: 0 });
        foreach ((GroupId group, LogAcknowledged expected) in acked)
        {
            StoredGroup found = (await log.LoadAsync(group, Bounded.Token()))!;
            Assert.True(found.Head.Value >= expected.Head, $"{expected.Head} acknowledged, {found.Head.Value} found");
            Assert.True(found.Version >= expected.Version);
            Assert.Equal(found.Head.Value, found.Devices[0].LastSeq.Value);
            Assert.Equal(found.Head.Value, found.Devices[0].Ring[^1].Cursor.Value);
            ulong after = 0;
            ulong next = found.Oldest.Value;
            while (after < found.Head.Value)
            {
                LogPage page = await log.PageAsync(Query(group, after));
                foreach (PageEntry entry in page.Entries)
                {
                    Assert.Equal((next, next, EntryState.Blob), (entry.Cursor.Value, entry.SenderSeq.Value, entry.State));
                    Assert.Equal(Envelope(next), entry.Envelope?.ToArray());
                    next++;
                }

                after = page.Through.Value;
            }

            Assert.Equal(found.Head.Value + 1, next);
        }
    }

    private readonly record struct LogAcknowledged(ulong Head, long Version);
}
