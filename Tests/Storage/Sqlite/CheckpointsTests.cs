using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Storage.Sqlite.Faults;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>The write-ahead log is copied back aside, and begins anew.</summary>
public sealed class CheckpointsTests : IDisposable
{
    private const int Pages = 50;
    private const int CommitPagesMax = 40;
    private const long FrameBytes = 24 + 4096;
    private const ulong Rows = 3000;
    private const int RowsPerCommit = 10;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AppendAsync_OnAndOn_LogIsCopiedAsideAndStaysShort()
    {
        FaultVfs vfs = FaultVfs.Register("zks-checkpoints");
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, Vfs = vfs.Name, CheckpointPages = Pages });
        var log = new SqliteBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1));
        for (ulong seq = 1; seq <= Rows; seq += RowsPerCommit)
            version = await log.AppendSampleAsync(Group(1), version, Device(1), seq, RowsPerCommit);

        // A log that was never begun anew would have a page for every three rows at least.
        long bytes = new FileInfo(Path.Combine(_directory.Path, SqliteStore.FileName + "-wal")).Length;
        Assert.InRange(bytes, 1, ((Checkpoints.BehindMax * Pages) + CommitPagesMax) * FrameBytes);
        Assert.Contains(Checkpoints.ThreadName, vfs.Disk.Copiers);
        Assert.True((await log.VerifyAsync(Bounded.Token())).IsSound);
        using var left = new TempDirectory();
        vfs.Disk.Crash(new Random(1), left.Path);
        await using SqliteStore reopened = SqliteStore.Open(new SqliteStoreOptions { Directory = left.Path });
        Assert.Equal(Rows, (await new SqliteBlobLog(reopened).LoadAsync(Group(1), Bounded.Token()))!.Head.Value);
    }

    // What cannot be copied stays where it is durable already, and nobody who writes is refused for it.
    [Fact]
    public async Task AppendAsync_DatabaseCannotBeSynced_IsAcknowledgedAllTheSame()
    {
        FaultVfs vfs = FaultVfs.Register("zks-checkpoints-unsynced");
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, Vfs = vfs.Name, CheckpointPages = Pages });
        var log = new SqliteBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1));
        vfs.Disk.IsDatabaseSyncFailing = true;
        for (ulong seq = 1; seq <= Rows; seq += RowsPerCommit)
            version = await log.AppendSampleAsync(Group(1), version, Device(1), seq, RowsPerCommit);

        using var left = new TempDirectory();
        vfs.Disk.Crash(new Random(2), left.Path);
        await using SqliteStore reopened = SqliteStore.Open(new SqliteStoreOptions { Directory = left.Path });
        Assert.Equal(Rows, (await new SqliteBlobLog(reopened).LoadAsync(Group(1), Bounded.Token()))!.Head.Value);
        vfs.Disk.IsDatabaseSyncFailing = false;
    }
}
