using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ZeroKSync.Client.Persistence;

/// <summary>
/// The one thread that touches the device's database. It runs everything that waits in one transaction and completes it after the
/// commit, so that many pushes share one sync to disk.
/// </summary>
internal sealed class StoreThread : IAsyncDisposable
{
    private const int WaitingMax = 8192;
    private const int PerCommitMax = 512;

    private readonly BlockingCollection<StoreWork> _works = new(WaitingMax);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;

    public StoreThread(SqliteConnection connection)
    {
        _connection = connection;
        new Thread(Run) { Name = "zks device store", IsBackground = true }.Start();
    }

    /// <exception cref="SyncException">More waits than is allowed, or the store is closed.</exception>
    public Task<T> RunAsync<T>(Func<ClientTransaction, T> work, CancellationToken cancellationToken)
    {
        var item = new StoreWork<T>(work, cancellationToken);
        try
        {
            if (_works.TryAdd(item))
                return item.Task;
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(new SyncException(SyncErrorKind.WrongState, "The client is closed."));
        }

        return Task.FromException<T>(new SyncException(SyncErrorKind.LocalStore, "More local work waits than the store takes on.", isTransient: true));
    }

    public async ValueTask DisposeAsync()
    {
        _works.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
        _works.Dispose();
    }

    private void Run()
    {
        using (var transaction = new ClientTransaction(_connection))
        {
            var batch = new List<StoreWork>();
            while (_works.TryTake(out StoreWork? first, Timeout.Infinite))
            {
                batch.Clear();
                for (StoreWork? work = first; work is not null; work = Next(batch.Count))
                {
                    if (!work.TryCancel())
                        batch.Add(work);
                }

                if (batch.Count > 0)
                    Commit(transaction, batch);
            }
        }

        _ended.SetResult();
    }

    private StoreWork? Next(int taken) => taken < PerCommitMax && _works.TryTake(out StoreWork? next) ? next : null;

    private static void Commit(ClientTransaction transaction, List<StoreWork> batch)
    {
        try
        {
            transaction.Execute("BEGIN IMMEDIATE");
            foreach (StoreWork work in batch)
                work.Run(transaction);

            transaction.Execute("COMMIT");
        }
        catch (Exception exception) when (exception is SqliteException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // Nothing of this transaction may be believed, and what was remembered of it neither.
            transaction.Forget();
            Rollback(transaction);
            var failure = new SyncException(SyncErrorKind.LocalStore, "The device's database failed; nothing of this change was kept.", inner: exception);
            foreach (StoreWork work in batch)
                work.Fail(failure);

            return;
        }

        foreach (StoreWork work in batch)
            work.Complete();
    }

    private static void Rollback(ClientTransaction transaction)
    {
        try
        {
            transaction.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already, as it does when the disk is full.
        }
    }
}
