using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Opening, closing and opening again.</summary>
public sealed class SqliteStoreTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private SqliteStore _store;

    public SqliteStoreTests()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        Log = new SqliteBlobLog(_store);
    }

    private SqliteBlobLog Log { get; }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task AppendAsync_FilesCopiedRightAfterwards_HoldTheRows()
    {
        long version = await Log.CreateSampleAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 3), Bounded.Token());

        // What a killed process leaves: the files as they are, nothing closed.
        using var copy = new TempDirectory();
        foreach (string file in Directory.GetFiles(_directory.Path, SqliteStore.FileName + "*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));

        await using SqliteStore reopened = SqliteStore.Open(new SqliteStoreOptions { Directory = copy.Path });
        LogPage? page = await new SqliteBlobLog(reopened).ReadAsync(Query(Group(1), 0), Bounded.Token());
        Assert.Equal([1, 2, 3], page?.Entries.Select(entry => entry.Cursor.Value));
    }

    [Fact]
    public async Task Open_AgainAfterDispose_GoesOnWhereItWas()
    {
        long version = await Log.CreateSampleAsync(Group(1), Device(1));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Bounded.Token())).Version;
        await _store.DisposeAsync();

        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        var written = Assert.IsType<LogWritten>(await new SqliteBlobLog(_store).AppendAsync(Append(Group(1), version, Device(1), 3, 1), Bounded.Token()));

        Assert.Equal(3UL, written.Head.Value);
    }

    [Fact]
    public void Open_SecondTime_IsRefused()
    {
        var exception = Assert.Throws<StorageException>(() => SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }));

        Assert.Equal(StorageErrorKind.InUse, exception.Kind);
    }

    [Fact]
    public void Open_FolderThatIsNotThere_IsRefused()
    {
        var exception = Assert.Throws<StorageException>(() => SqliteStore.Open(new SqliteStoreOptions { Directory = Path.Combine(_directory.Path, "nowhere") }));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsRefusedAndLeftAsItIs()
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, SqliteStore.FileName);
        byte[] content = [.. Enumerable.Repeat((byte)'x', 5000)];
        File.WriteAllBytes(file, content);

        var exception = Assert.Throws<StorageException>(() => SqliteStore.Open(new SqliteStoreOptions { Directory = folder.Path }));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
        Assert.Equal(content, File.ReadAllBytes(file));
    }

    [Fact]
    public async Task WriteInBackgroundAsync_WhilePushesWait_GivesWayAndStillEnds()
    {
        const int Works = 5;
        var order = new List<char>();
        using var gate = new ManualResetEventSlim();
        using var isHeld = new ManualResetEventSlim();
        Task<bool> held = _store.WriteAsync(
            _ =>
            {
                isHeld.Set();
                return gate.Wait(Bounded.Default);
            },
            Bounded.Token());
        Assert.True(isHeld.Wait(Bounded.Default, Bounded.Token()));
        Task<int>[] background = [.. Enumerable.Range(0, Works).Select(_ => _store.WriteInBackgroundAsync(session => Note('b'), Bounded.Token()))];
        Task<int>[] urgent = [.. Enumerable.Range(0, Works).Select(_ => _store.WriteAsync(session => Note('u'), Bounded.Token()))];

        gate.Set();
        Assert.True(await held);
        await Task.WhenAll([.. background, .. urgent]).Within();

        // One may have had its turn, for the pause was over; the others came when nothing else waited.
        Assert.InRange(order.LastIndexOf('u'), Works - 1, Works);
        Assert.Equal(Works, order.Count(work => work == 'b'));

        int Note(char work)
        {
            order.Add(work);
            return 0;
        }
    }

    [Fact]
    public async Task AppendAsync_CancelledWhileItWaits_IsNotRun()
    {
        long version = await Log.CreateSampleAsync(Group(1), Device(1));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Log.AppendAsync(Append(Group(1), version, Device(1), 1, 1), cancelled.Token));

        Assert.Equal(0UL, (await Log.LoadAsync(Group(1), Bounded.Token()))!.Head.Value);
    }
}
