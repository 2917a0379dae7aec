using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Backup, restore, verify, trim: what an operator does to a data directory.</summary>
public sealed class SqliteOperationsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _elsewhere = new();

    private SqliteOperations Operations => new(new SqliteStoreOptions { Directory = _directory.Path });

    private string Backup => _elsewhere.Sub("backup.db");

    public void Dispose()
    {
        _directory.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task BackupAsync_BesideARunningRelay_IsAWholeDatabaseForItsOwnerAlone()
    {
        await using SqliteStore store = Open();
        long version = await new SqliteBlobLog(store).CreateSampleAsync(Group(1), Device(1));
        await new SqliteBlobLog(store).AppendSampleAsync(Group(1), version, Device(1), 1, 3);

        await Operations.BackupAsync(Backup, Bounded.Token());

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));


        Assert.Equal(["backup.db"], Directory.GetFiles(_elsewhere.Path).Select(Path.GetFileName));
        File.Copy(Backup, _elsewhere.Sub(SqliteStore.FileName));
        Assert.True(await new SqliteOperations(new SqliteStoreOptions { Directory = _elsewhere.Path }).VerifyAsync(Bounded.Token()) is { IsSound: true, Rows: 3 });
    }

    [Fact]
    public async Task BackupAsync_FileThatIsThere_IsRefusedAndLeft()
    {
        await FillAsync(1, 3);
        await File.WriteAllTextAsync(Backup, "x", Bounded.Token());

        Assert.Equal(StorageErrorKind.CannotOpen, (await Assert.ThrowsAsync<StorageException>(() => Operations.BackupAsync(Backup, Bounded.Token()))).Kind);

        Assert.Equal("x", await File.ReadAllTextAsync(Backup, Bounded.Token()));
    }

    [Fact]
    public async Task Operations_WithoutADatabase_SaySoAndMakeNone()
    {
        Func<Task>[] operations =
        [
            () => Operations.BackupAsync(Backup, Bounded.Token()),
            () => Operations.VerifyAsync(Bounded.Token()),
            () => Operations.GetStatisticsAsync(Bounded.Token()),
            () => Operations.TrimAsync(Policy(Now), Bounded.Token()),
            () => Operations.RenewEpochsAsync(Bounded.Token()),
            () => Operations.RestoreAsync(Backup, Bounded.Token()),
        ];

        foreach (Func<Task> operation in operations)
            Assert.Equal(StorageErrorKind.CannotOpen, (await Assert.ThrowsAsync<StorageException>(operation)).Kind);

        Assert.False(File.Exists(_directory.Sub(SqliteStore.FileName)));
    }

    [Fact]
    public async Task R_ROLL_RestoreOfAnOlderBackup_HasNewEpochsAndTheOldHead()
    {
        StoredGroup before = await FillAsync(1, 3);
        await Operations.BackupAsync(Backup, Bounded.Token());
        StoredGroup later = await FillAsync(4, 2);

        await Operations.RestoreAsync(Backup, Bounded.Token());

        await using SqliteStore store = Open();
        StoredGroup restored = (await new SqliteBlobLog(store).LoadAsync(Group(1), Bounded.Token()))!;
        Assert.Equal(before.RelayEpoch, later.RelayEpoch);
        Assert.NotEqual(before.RelayEpoch, restored.RelayEpoch);
        Assert.Equal((3UL, 3UL), (restored.Head.Value, restored.Devices[0].LastSeq.Value));
        // Whoever decided on what was there is fenced.
        Assert.NotEqual(before.Version, restored.Version);
        Assert.True((await new SqliteBlobLog(store).VerifyAsync(Bounded.Token())).IsSound);
        Assert.Equal(
            [SqliteStore.FileName, SqliteStore.FileName + ".lock", SqliteStore.FileName + ".replaced"],
            Directory.GetFiles(_directory.Path).Select(path => Path.GetFileName(path)!).Where(name => !name.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task R_WIPE_RestoreIntoAnEmptyDirectory_Serves()
    {
        await FillAsync(1, 3);
        await Operations.BackupAsync(Backup, Bounded.Token());
        foreach (string file in Directory.GetFiles(_directory.Path))
            File.Delete(file);

        await Operations.RestoreAsync(Backup, Bounded.Token());

        Assert.True(await Operations.VerifyAsync(Bounded.Token()) is { IsSound: true, Rows: 3 });
    }

    [Fact]
    public async Task RestoreAsync_WhileTheRelayRuns_IsRefused()
    {
        await FillAsync(1, 3);
        await Operations.BackupAsync(Backup, Bounded.Token());
        await using SqliteStore store = Open();

        Assert.Equal(StorageErrorKind.InUse, (await Assert.ThrowsAsync<StorageException>(() => Operations.RestoreAsync(Backup, Bounded.Token()))).Kind);
        Assert.Equal(StorageErrorKind.InUse, (await Assert.ThrowsAsync<StorageException>(() => Operations.TrimAsync(Policy(Now), Bounded.Token()))).Kind);
        Assert.Equal(StorageErrorKind.InUse, (await Assert.ThrowsAsync<StorageException>(() => Operations.RenewEpochsAsync(Bounded.Token()))).Kind);
    }

    [Fact]
    public async Task RestoreAsync_DamagedCopy_IsRefusedAndTheDatabaseLeft()
    {
        StoredGroup before = await FillAsync(1, 30);
        await Operations.BackupAsync(Backup, Bounded.Token());
        byte[] copy = await File.ReadAllBytesAsync(Backup, Bounded.Token());
        copy.AsSpan(4096, 20_000).Clear();
        await File.WriteAllBytesAsync(Backup, copy, Bounded.Token());

        await Assert.ThrowsAsync<StorageException>(() => Operations.RestoreAsync(Backup, Bounded.Token()));

        await using SqliteStore store = Open();
        Assert.Equal(before.RelayEpoch, (await new SqliteBlobLog(store).LoadAsync(Group(1), Bounded.Token()))!.RelayEpoch);
    }

    [Fact]
    public async Task Open_AfterAnInterruptedRestore_IsRefusedInsteadOfStartingEmpty()
    {
        await FillAsync(1, 3);
        await Operations.BackupAsync(Backup, Bounded.Token());
        // What it leaves between the old database's leaving and the new one's coming.
        File.Move(_directory.Sub(SqliteStore.FileName), _directory.Sub(SqliteStore.FileName + ".replaced"));
        File.Copy(Backup, _directory.Sub(SqliteStore.FileName + ".restoring"));

        Assert.Equal(StorageErrorKind.CannotOpen, Assert.Throws<StorageException>(Open).Kind);
        await Operations.RestoreAsync(Backup, Bounded.Token());
        await Open().DisposeAsync();
    }

    [Fact]
    public async Task RenewEpochsAsync_EveryGroup_GetsAnEpochOfItsOwn()
    {
        await FillAsync(1, 1);
        await using (SqliteStore store = Open())
            await new SqliteBlobLog(store).CreateSampleAsync(Group(2), Device(1));

        Assert.Equal(2, await Operations.RenewEpochsAsync(Bounded.Token()));

        await using SqliteStore reopened = Open();
        var log = new SqliteBlobLog(reopened);
        Assert.NotEqual((await log.LoadAsync(Group(1), Bounded.Token()))!.RelayEpoch, (await log.LoadAsync(Group(2), Bounded.Token()))!.RelayEpoch);
    }

    [Fact]
    public async Task TrimAsync_ExpiredAndDelivered_GoAndTheFileShrinks()
    {
        StoredGroup group = await FillAsync(1, 2000);
        await using (SqliteStore store = Open())
        {
            StoredDevice second = NewGroup(Group(1), Device(2)).Devices[0] with { Acked = new Cursor(1500) };
            await new SqliteBlobLog(store).WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = group.Version, Devices = [second] }, Bounded.Token());
        }

        TrimOutcome kept = await Operations.TrimAsync(Policy(Now), Bounded.Token());
        TrimOutcome delivered = await Operations.TrimAsync(Policy(Now) with { DeliveredRetention = TimeSpan.Zero }, Bounded.Token());
        TrimOutcome expired = await Operations.TrimAsync(Policy(Now + 2_000_000), Bounded.Token());

        Assert.Equal((0L, 0L), (kept.ExpiredRows, kept.TrimmedRows));
        Assert.Equal((0L, 1500L), (delivered.ExpiredRows, delivered.TrimmedRows));
        Assert.InRange(delivered.FreedBytes, 1_200_000, 3_000_000);
        Assert.Equal((500L, 0L), (expired.ExpiredRows, expired.TrimmedRows));
        Assert.True(await Operations.VerifyAsync(Bounded.Token()) is { IsSound: true, Rows: 500 });
        Assert.True(await Operations.GetStatisticsAsync(Bounded.Token()) is { Groups: 1, Rows: 500, BytesUsed: 0 });
    }

    private static TrimPolicy Policy(ulong now) => new(now, TimeSpan.FromHours(24), TimeSpan.FromDays(30));

    private SqliteStore Open() => SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });

    // One group that device 1 has sent so many blobs to.
    private async Task<StoredGroup> FillAsync(ulong firstSeq, int count)
    {
        await using SqliteStore store = Open();
        var log = new SqliteBlobLog(store);
        long version = (await log.LoadAsync(Group(1), Bounded.Token()))?.Version ?? await log.CreateSampleAsync(Group(1), Device(1));
        await log.AppendSampleAsync(Group(1), version, Device(1), firstSeq, count);
        return (await log.LoadAsync(Group(1), Bounded.Token()))!;
    }
}
