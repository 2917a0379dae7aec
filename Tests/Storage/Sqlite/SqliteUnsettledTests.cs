using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Appends of one blob, which are stored apart before they are put where they belong: nobody sees a difference, whatever ends the process, and damage is not silent.</summary>
public sealed class SqliteUnsettledTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _copy = new();
    private readonly SqliteStore _store;
    private readonly SqliteBlobLog _log;

    public SqliteUnsettledTests()
    {
        // Nothing is settled because time goes by, unless a test says so.
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, SettlePause = Bounded.Default });
        _log = new SqliteBlobLog(_store);
    }

    private static CancellationToken Token => Bounded.Token();

    private SqliteStoreOptions Copied => new() { Directory = _copy.Path };

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public async Task AppendAsync_OneBlob_IsStoredApartUntilTheGroupIsRead()
    {
        long version = await FillAsync(3, Group(1));
        Assert.Equal((1, 2), Stored(_directory));

        StoredGroup group = (await _log.LoadAsync(Group(1), Token))!;

        Assert.Equal((3, 0), Stored(_directory));
        Assert.Equal((version, 3UL, 3L * 1024), (group.Version, group.Head.Value, group.BytesUsed));
        Assert.Equal(3UL, group.Devices[0].LastSeq.Value);
        Assert.Equal([(1UL, 1UL), (2UL, 2UL), (3UL, 3UL)], group.Devices[0].Ring.Select(row => (row.Cursor.Value, row.SenderSeq.Value)));
    }

    [Theory]
    [InlineData("a page")]
    [InlineData("one")]
    [InlineData("statistics")]
    [InlineData("the version")]
    public async Task Reading_RightAfterTheAppend_FindsIt(string what)
    {
        long version = await FillAsync(3, Group(1));

        switch (what)
        {
            case "a page":
                Assert.Equal([1, 2, 3], (await _log.PageAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
                break;
            case "one":
                Assert.Equal(3UL, (await _log.FindAsync(Group(1), new Cursor(3), Now, Token))?.SenderSeq.Value);
                break;
            case "statistics":
                Assert.Equal((3UL, 3L * 1024), (await _log.GetStatisticsAsync(Group(1), Token)) is { } found ? (found.Head.Value, found.BytesUsed) : default);
                break;
            default:
                Assert.Equal(version, await _log.ReadVersionAsync(Group(1), Token));
                break;
        }
    }

    [Fact]
    public async Task StoreStatistics_CountWhatIsStoredApart()
    {
        await FillAsync(3, Group(1));

        Assert.True(await _log.GetStatisticsAsync(Token) is { Rows: 3, BytesUsed: 3 * 1024 });

        Assert.Equal((1, 2), Stored(_directory));
    }

    [Fact]
    public async Task ExpireAsync_AndSweepAsync_FindIt()
    {
        long version = await FillAsync(3, Group(1));
        Assert.Equal(3, await _log.ExpireAsync(Now + 2_000_000, 100, Token));
        await SweepAsync();

        version = (await _log.LoadAsync(Group(1), Token))!.Version;
        await _log.AppendSampleAsync(Group(1), version, Device(1), 4, 1);
        await SweepAsync();

        Assert.Equal(5UL, (await _log.LoadAsync(Group(1), Token))!.Oldest.Value);

        Task<SweepResult> SweepAsync() => _log.SweepAsync(new SweepRequest { After = 0, GroupsMax = 10, RowsMax = 10, StoredThroughMs = 0, HolesThroughMs = Now + 3_000_000 }, Token);
    }

    [Theory]
    [InlineData(LoneAppend.BytesMax, 1)]
    [InlineData(LoneAppend.BytesMax + 1, 0)]
    public async Task AppendAsync_LargeBlob_IsWrittenOnce(int bytes, int apart)
    {
        long version = await FillAsync(1, Group(1));
        LogAppend append = Append(Group(1), version, Device(1), 2, 1);

        await _log.AppendAsync(append with { Entries = [append.Entries[0] with { Envelope = new byte[bytes] }] }, Token);

        Assert.Equal((2 - apart, apart), Stored(_directory));
    }

    [Fact]
    public async Task AppendAsync_AsManyAsMayWait_SettlesThem()
    {
        await FillAsync(UnsettledGroups.AppendsMax + 1, Group(1));
        Assert.Equal((1, UnsettledGroups.AppendsMax), Stored(_directory));

        await _log.AppendSampleAsync(Group(1), UnsettledGroups.AppendsMax + 2, Device(1), UnsettledGroups.AppendsMax + 2, 1);

        Assert.Equal((UnsettledGroups.AppendsMax + 2, 0), Stored(_directory));
    }

    [Fact]
    public async Task Writer_NothingToDo_SettlesByItself()
    {
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _copy.Path, SettlePause = TimeSpan.FromMilliseconds(1) });
        var log = new SqliteBlobLog(store);
        await log.AppendSampleAsync(Group(1), await log.AppendSampleAsync(Group(1), await log.CreateSampleAsync(Group(1), Device(1)), Device(1), 1, 1), Device(1), 2, 1);

        await Bounded.UntilAsync(() => Stored(_copy) == (2, 0));
    }

    [Fact]
    public async Task AppendAsync_OnAnOldVersion_IsFencedAndChangesNothing()
    {
        long version = await FillAsync(3, Group(1));

        Assert.IsType<LogFenced>(await _log.AppendAsync(Append(Group(1), version - 1, Device(1), 4, 1), Token));

        Assert.Equal((1, 2), Stored(_directory));
        Assert.Equal(4UL, Assert.IsType<LogWritten>(await _log.AppendAsync(Append(Group(1), version, Device(1), 4, 1), Token)).Head.Value);
    }

    [Fact]
    public async Task AppendAsync_NoRoomInTheQuota_CountsWhatIsStoredApart()
    {
        long version = await FillAsync(3, Group(1));

        Assert.Equal(3 * 1024, Assert.IsType<LogQuotaExceeded>(await _log.AppendAsync(Append(Group(1), version, Device(1), 4, 1) with { BytesMax = 3 * 1024 }, Token)).BytesUsed);
        Assert.Equal(4UL, Assert.IsType<LogWritten>(await _log.AppendAsync(Append(Group(1), version, Device(1), 4, 1) with { BytesMax = 4 * 1024 }, Token)).Head.Value);
    }

    [Fact]
    public async Task Copy_AtAnyMoment_HasWhatWasAcknowledged()
    {
        const int Groups = 3;
        const int Steps = 150;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), CultureInfo.InvariantCulture, out int chosen) ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={seed}"));
        var random = new Random(seed);
        var expected = new Dictionary<GroupId, (long Version, ulong Head, ulong[] Seqs, SequenceLink[] Links)>();
        for (byte i = 1; i <= Groups; i++)
            expected[Group(i)] = (await _log.CreateSampleAsync(Group(i), Device(1), Device(2)), 0, [0, 0], [SequenceLink.Read(new byte[32]), SequenceLink.Read(new byte[32])]);

        for (int step = 0; step < Steps; step++)
        {
            GroupId group = Group((byte)random.Next(1, Groups + 1));
            (long version, ulong head, ulong[] seqs, SequenceLink[] links) = expected[group];
            int device = random.Next(2);
            LogAppend append = Append(group, version, Device((byte)(device + 1)), seqs[device] + 1, random.Next(6) == 0 ? 2 : 1);
            var written = Assert.IsType<LogWritten>(await _log.AppendAsync(append, Token));
            seqs[device] += (ulong)append.Entries.Length;
            links[device] = append.LastLink;
            Assert.Equal(head + (ulong)append.Entries.Length, written.Head.Value);
            expected[group] = (written.Version, written.Head.Value, seqs, links);
            if (random.Next(12) == 0)
                await RequireCopyAsync();
        }

        await RequireCopyAsync();

        async Task RequireCopyAsync()
        {
            Copy();
            Assert.True(await new SqliteOperations(Copied).VerifyAsync(Token) is { IsSound: true } found && found.Rows == expected.Values.Sum(group => (long)group.Head));
            await using SqliteStore store = SqliteStore.Open(Copied);
            var log = new SqliteBlobLog(store);
            foreach ((GroupId id, (long version, ulong head, ulong[] seqs, SequenceLink[] links)) in expected)
            {
                StoredGroup group = (await log.LoadAsync(id, Token))!;
                Assert.Equal((version, head, (long)head * 1024), (group.Version, group.Head.Value, group.BytesUsed));
                Assert.Equal(seqs, group.Devices.Select(device => device.LastSeq.Value));
                Assert.Equal(links, group.Devices.Select(device => device.LastLink));
                Assert.Equal(Enumerable.Range(1, (int)head).Select(cursor => (ulong)cursor), group.Devices.SelectMany(device => device.Ring).Select(row => row.Cursor.Value).Order());
                LogPage page = await log.PageAsync(Query(id, 0) with { CountMax = 1000 });
                Assert.Equal(Enumerable.Range(1, (int)head).Select(cursor => (ulong)cursor), page.Entries.Where(entry => entry.State == EntryState.Blob).Select(entry => entry.Cursor.Value));
            }

            Assert.True((await log.VerifyAsync(Token)).IsSound);
        }
    }

    [Fact]
    public async Task R_ROLL_BackupWithThem_IsRestoredWithThem()
    {
        await FillAsync(3, Group(1));
        RelayEpoch before = await EpochAsync(_directory);
        string backup = _directory.Sub("backup.db");
        await new SqliteOperations(new SqliteStoreOptions { Directory = _directory.Path }).BackupAsync(backup, Token);

        await new SqliteOperations(Copied).RestoreAsync(backup, Token);

        await using SqliteStore store = SqliteStore.Open(Copied);
        StoredGroup group = (await new SqliteBlobLog(store).LoadAsync(Group(1), Token))!;
        Assert.Equal(3UL, group.Head.Value);
        Assert.NotEqual(before, group.RelayEpoch);
        Assert.True(await new SqliteBlobLog(store).VerifyAsync(Token) is { IsSound: true, Rows: 3 });
    }

    [Fact]
    public async Task Operations_OnAKilledRelaysFiles_CountAndCheckThem()
    {
        await FillAsync(3, Group(1));
        Copy();

        Assert.True(await new SqliteOperations(Copied).GetStatisticsAsync(Token) is { Rows: 3, BytesUsed: 3 * 1024 });
        Assert.True(await new SqliteOperations(Copied).VerifyAsync(Token) is { IsSound: true, Rows: 3 });
    }

    [Theory]
    [InlineData("group_ref = 2")]
    [InlineData("group_ref = 77")]
    [InlineData("version = version + 1")]
    [InlineData("cursor = cursor + 1")]
    [InlineData("cursor = 4, checksum = (checksum | 7) - (checksum & 7)")]
    [InlineData("sender = zeroblob(32)")]
    [InlineData("sender = (SELECT device_id FROM devices ORDER BY device_id DESC LIMIT 1)")]
    [InlineData("blob_id = zeroblob(16)")]
    [InlineData("key_epoch = 9")]
    [InlineData("first_seq = 1")]
    [InlineData("sender_seq = 9")]
    [InlineData("timestamp_ms = timestamp_ms + 1")]
    [InlineData("expires_ms = expires_ms + 1")]
    [InlineData("checksum = checksum + 1")]
    [InlineData("envelope = zeroblob(1024)")]
    public async Task C_STOR_03_OneThatIsDamaged_IsLostWithThoseBehindItAndEveryGroupIsTold(string damage)
    {
        await FillAsync(3, Group(1), Group(2));
        await _log.AppendSampleAsync(Group(1), 4, Device(1), 4, 1);
        RelayEpoch before = await EpochAsync(_directory);
        Copy();
        await ExecuteAsync($"UPDATE unsettled SET {damage} WHERE group_ref = 1 AND cursor = 3");

        LogVerification verified = await new SqliteOperations(Copied).VerifyAsync(Token);
        await using SqliteStore store = SqliteStore.Open(Copied);
        var log = new SqliteBlobLog(store);
        StoredGroup damaged = (await log.LoadAsync(Group(1), Token))!;
        StoredGroup other = (await log.LoadAsync(Group(2), Token))!;

        Assert.False(verified.IsSound);
        Assert.Equal((2UL, 3UL), (damaged.Head.Value, other.Head.Value));
        Assert.NotEqual(before, damaged.RelayEpoch);
        Assert.NotEqual(damaged.RelayEpoch, other.RelayEpoch);
        Assert.Equal(2, (await log.GetStatisticsAsync(Token)).CorruptRows);
        Assert.True((await log.VerifyAsync(Token)).IsSound);
        // It goes on from there.
        Assert.Equal(3UL, Assert.IsType<LogWritten>(await log.AppendAsync(Append(Group(1), damaged.Version, Device(1), 3, 1), Token)).Head.Value);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public async Task C_STOR_03_OneThatIsGone_IsLostAndEveryGroupIsTold(long from, ulong head)
    {
        await FillAsync(3, Group(1), Group(2));
        RelayEpoch before = await EpochAsync(_directory);
        await using (SqliteConnection connection = Open(_directory))
        {
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"DELETE FROM unsettled WHERE group_ref = 1 AND cursor >= {from}";
            Assert.Equal(4 - from, await command.ExecuteNonQueryAsync(Token));
        }

        StoredGroup damaged = (await _log.LoadAsync(Group(1), Token))!;

        Assert.Equal(head, damaged.Head.Value);
        Assert.NotEqual(before, damaged.RelayEpoch);
        Assert.Equal(3UL, (await _log.LoadAsync(Group(2), Token))!.Head.Value);
        Assert.True((await _log.VerifyAsync(Token)).IsSound);
        Assert.Equal(head + 1, Assert.IsType<LogWritten>(await _log.AppendAsync(Append(Group(1), damaged.Version, Device(1), head + 1, 1), Token)).Head.Value);
    }

    [Fact]
    public async Task C_STOR_03_GroupWhoseAppendsCannotBePutInTheirPlace_IsNotServedAndKeepsThem()
    {
        await FillAsync(3, Group(1), Group(2));
        Copy();
        // Its place is taken, by what cannot be there.
        await ExecuteAsync("UPDATE entries SET cursor = 3 WHERE group_ref = 1");

        await using (SqliteStore store = SqliteStore.Open(Copied))
        {
            var log = new SqliteBlobLog(store);
            foreach (Func<Task> use in (Func<Task>[])[() => log.LoadAsync(Group(1), Token), () => log.PageAsync(Query(Group(1), 0)), () => log.AppendAsync(Append(Group(1), 4, Device(1), 4, 1), Token)])
                Assert.Equal(StorageErrorKind.Unavailable, (await Assert.ThrowsAsync<StorageException>(use)).Kind);

            StoredGroup other = (await log.LoadAsync(Group(2), Token))!;
            Assert.Equal(3UL, other.Head.Value);
            long version = await log.AppendSampleAsync(Group(2), await log.AppendSampleAsync(Group(2), other.Version, Device(1), 4, 1), Device(1), 5, 1);
            Assert.Equal(5, (await log.PageAsync(Query(Group(2), 0))).Entries.Length);
            await log.ExpireAsync(Now + 2_000_000, 100, Token);
            await log.SweepAsync(new SweepRequest { After = 0, GroupsMax = 10, RowsMax = 10, StoredThroughMs = 0, HolesThroughMs = Now + 3_000_000 }, Token);
            Assert.Equal(6UL, (await log.LoadAsync(Group(2), Token))!.Oldest.Value);
        }

        Assert.Equal(2, Stored(_copy).Apart);
        await ExecuteAsync("UPDATE entries SET cursor = 1 WHERE group_ref = 1");
        await using SqliteStore repaired = SqliteStore.Open(Copied);
        Assert.Equal([1, 2, 3], (await new SqliteBlobLog(repaired).PageAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
    }

    // Groups with so many blobs, each appended alone: the first of a group goes where it belongs at once. The version of the last.
    private async Task<long> FillAsync(int count, params GroupId[] groups)
    {
        long version = 0;
        foreach (GroupId group in groups)
            version = await _log.CreateSampleAsync(group, Device(1), Device(2));

        for (int i = 0; i < count; i++)
        {
            long before = version + i;
            foreach (GroupId group in groups)
                Assert.Equal(before + 1, await _log.AppendSampleAsync(group, before, Device(1), (ulong)i + 1, 1));
        }

        return version + count;
    }

    // What a killed process leaves: the files as they are, nothing closed.
    private void Copy()
    {
        foreach (string file in Directory.GetFiles(_copy.Path))
            File.Delete(file);

        foreach (string ending in (string[])["", "-wal"])
            File.Copy(_directory.Sub(SqliteStore.FileName + ending), _copy.Sub(SqliteStore.FileName + ending));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using SqliteConnection connection = Open(_copy);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Token));
    }

    private static async Task<RelayEpoch> EpochAsync(TempDirectory directory)
    {
        await using SqliteConnection connection = Open(directory);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT relay_epoch FROM groups ORDER BY id LIMIT 1";
        return RelayEpoch.Read((byte[])(await command.ExecuteScalarAsync(Token))!);
    }

    // Rows that are where they belong, and those that are not.
    private static (long InPlace, long Apart) Stored(TempDirectory directory)
    {
        using SqliteConnection connection = Open(directory);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT COUNT(*) FROM entries), (SELECT COUNT(*) FROM unsettled)";
        using SqliteDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static SqliteConnection Open(TempDirectory directory)
    {
        var connection = new SqliteConnection($"Data Source={directory.Sub(SqliteStore.FileName)};Pooling=False");
        connection.Open();
        return connection;
    }
}
