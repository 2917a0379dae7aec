using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// One database file with the threads that touch it: one that writes, one that copies the
/// log back, some that read. Nobody else does, because the driver's calls block.
/// It owns the file's lock, so that a second process is refused before it can do harm.
/// </summary>
public sealed class SqliteStore : IAsyncDisposable
{
    /// <summary>The database's name in its folder.</summary>
    public const string FileName = "relay.db";

    private readonly FileStream _lock;
    private readonly WorkThread _writer;
    private readonly WorkThread _copying;
    private readonly WorkThread[] _readers;
    private readonly UnsettledGroups _unsettled;

    private readonly string _path;
    private readonly string? _vfs;

    private SqliteStore(string path, string? vfs, FileStream fileLock, WorkThread writer, WorkThread copying, WorkThread[] readers, UnsettledGroups unsettled)
    {
        _unsettled = unsettled;
        _copying = copying;
        _path = path;
        _vfs = vfs;
        _lock = fileLock;
        _writer = writer;
        _readers = readers;
    }

    /// <summary>Opens the database of the folder, or makes it.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorKind.InUse"/>, <see cref="StorageErrorKind.CannotOpen"/>.</exception>
    public static SqliteStore Open(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        FileStream fileLock = TakeLock(options.Directory);
        string path = Path.Combine(options.Directory, FileName);
        var opened = new List<SqliteConnection>();
        SqliteSession? writing = null;
        try
        {
            if (!File.Exists(path) && File.Exists(path + SqliteRestore.Unfinished))
                throw new StorageException(StorageErrorKind.CannotOpen, "A restore was interrupted: run it again.");

            // All of them before the first thread: a thread would keep its own where a later one does not open.
            opened.Add(SqliteSchema.Open(path, options));
            opened.Add(SqliteSchema.OpenCopier(path, options.Vfs));
            for (int i = 0; i < options.Readers; i++)
                opened.Add(SqliteSchema.OpenReader(path, options.Vfs));

            writing = new SqliteSession(opened[0]);
            Settlement.Find(writing);
        }
        catch (Exception exception) when (exception is SqliteException or StorageException || RowReader.IsDamage(exception))
        {
            writing?.Dispose();
            opened.ForEach(connection => connection.Dispose());
            fileLock.Dispose();
            if (exception is StorageException)
                throw;

            throw new StorageException(StorageErrorKind.CannotOpen, "The database cannot be opened: its folder or file is not writable, or it is damaged.", exception);
        }

        var copying = new WorkThread(Checkpoints.ThreadName, new ReadLoop(opened[1]), capacity: 1);
        var writer = new WorkThread("zks storage writer", new GroupCommit(writing, options, new Checkpoints(copying.Queue, options.CheckpointPages)), options.WritesWaitingMax);
        var queue = new WorkQueue(options.ReadsWaitingMax);
        WorkThread[] readers = [.. opened.Skip(2).Select(reader => new WorkThread("zks storage reader", new ReadLoop(reader), queue))];
        return new SqliteStore(path, options.Vfs, fileLock, writer, copying, readers, writing.Unsettled);
    }

    /// <summary>Runs a write; completes when it is synced to disk.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) => Post(_writer.Queue, work, cancellationToken);

    /// <summary>Appends; completes when it is synced to disk.</summary>
    internal Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken) => Post(_writer.Queue, new AppendItem(append, cancellationToken));

    /// <summary>Runs a write that is not urgent: when nothing else waits, or once in a while.</summary>
    internal Task<T> WriteInBackgroundAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var item = new WorkItem<T>(work, cancellationToken);
        return _writer.Queue.TryAddBackground(item) ? item.Task : Overloaded<T>();
    }

    /// <summary>Runs a statement that may be in no transaction, on a connection of its own.</summary>
    internal Task<int> RunAloneAsync(string sql, CancellationToken cancellationToken) => OwnThread.RunAsync("zks storage operation", () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var session = new SqliteSession(SqliteSchema.OpenReader(_path, _vfs));
        session.Execute("PRAGMA query_only = OFF");
        return session.Execute(sql);
    });

    /// <summary>Runs a read of a group on any of the reading threads, once what was appended to it until now is where it belongs.</summary>
    internal async Task<T> ReadAsync<T>(GroupId group, Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        try
        {
            // Every write settles what is there; this one has nothing else to do.
            if (_unsettled.Has(group))
                await WriteAsync(session => GroupRow.RowId(session, group), cancellationToken);
        }
        catch (StorageException)
        {
            return await Post(_writer.Queue, new ReadItem<T>(ReadSettled, cancellationToken));
        }

        return await ReadAsync(work, cancellationToken);

        T ReadSettled(SqliteSession session)
        {
            GroupRow.RowId(session, group);
            return work(session);
        }
    }

    /// <summary>Puts what was appended until now where it belongs.</summary>
    internal Task SettleAsync(CancellationToken cancellationToken) => _unsettled.HasAny ? WriteAsync(session => true, cancellationToken) : Task.CompletedTask;

    /// <summary>Runs a read on any of the reading threads.</summary>
    internal Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) => Post(_readers[0].Queue, work, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _copying.DisposeAsync();
        foreach (WorkThread reader in _readers)
            await reader.DisposeAsync();

        await _lock.DisposeAsync();
    }

    private static Task<T> Post<T>(WorkQueue queue, Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        Post(queue, new WorkItem<T>(work, cancellationToken));

    private static Task<T> Post<T>(WorkQueue queue, WorkItem<T> item) => queue.TryAdd(item) ? item.Task : Overloaded<T>();

    private static Task<T> Overloaded<T>() => Task.FromException<T>(new StorageException(StorageErrorKind.Overloaded, "Storage has more waiting than it takes on."));

    /// <summary>Holds the directory against every other process that writes, until it is disposed.</summary>
    internal static FileStream TakeLock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, FileName + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new StorageException(StorageErrorKind.CannotOpen, "The data directory does not exist.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StorageException(StorageErrorKind.CannotOpen, "The data directory is not writable.", exception);
        }
        catch (IOException exception)
        {
            throw new StorageException(StorageErrorKind.InUse, "Another process is using this data directory.", exception);
        }
    }
}
