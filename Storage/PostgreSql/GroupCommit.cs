using System.Threading.Channels;
using Npgsql;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// The writing connections: each takes everything that waits and sends it as one transaction; while one is being synced the next gathers.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Channel<PendingWrite> _waiting;
    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlStoreOptions _options;
    private readonly Task[] _loops;

    public GroupCommit(NpgsqlDataSource source, PostgreSqlStoreOptions options)
    {
        _source = source;
        _options = options;
        _waiting = Channel.CreateBounded<PendingWrite>(options.WritesWaitingMax);
        _loops = [.. Enumerable.Range(0, options.Writers).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Whether writes wait.</summary>
    public bool IsBusy => _waiting.Reader.Count > 0;

    public Task<LogWriteResult> AddAsync(PendingWrite write) => _waiting.Writer.TryWrite(write)
        ? write.Task
        : Task.FromException<LogWriteResult>(new StorageException(StorageErrorKind.Overloaded, "Storage has more waiting than it takes on."));

    /// <summary>Takes no more, does what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_loops);
    }

    private async Task RunAsync()
    {
        await using var connection = new WriterConnection(_source);
        // A group is in a transaction once; what is second waits for the next.
        var deferred = new Queue<PendingWrite>();
        var batch = new List<PendingWrite>();
        while (deferred.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            Gather(batch, deferred);
            if (batch.Count > 0)
                await CommitAsync(connection, batch);
        }
    }

    private void Gather(List<PendingWrite> batch, Queue<PendingWrite> deferred)
    {
        batch.Clear();
        var groups = new HashSet<GroupId>();
        long bytes = 0;
        for (int left = deferred.Count; left > 0; left--)
            Take(deferred.Dequeue());

        while (batch.Count < _options.WritesPerCommitMax && deferred.Count < _options.WritesPerCommitMax && bytes < _options.BytesPerCommitMax && _waiting.Reader.TryRead(out PendingWrite? next))
            Take(next);

        void Take(PendingWrite write)
        {
            if (write.TryCancel())
                return;

            if (groups.Add(write.Group))
            {
                batch.Add(write);
                bytes += write.Bytes;
            }
            else
            {
                deferred.Enqueue(write);
            }
        }
    }

    private static async Task CommitAsync(WriterConnection connection, List<PendingWrite> batch)
    {
        try
        {
            LogWriteResult?[] results = await connection.RunAsync(batch);
            StorageMetrics.Commits.Add(1);
            StorageMetrics.Writes.Add(batch.Count);
            for (int i = 0; i < batch.Count; i++)
            {
                if (results[i] is { } result)
                    batch[i].Complete(result);
                else
                    batch[i].Fail(new StorageException(StorageErrorKind.Unavailable, "The sender of an append is not a device of the group."));
            }
        }
        catch (Exception exception) when (Failures.IsOne(exception) || exception is StorageException)
        {
            StorageMetrics.Failures.Add(1);
            if (batch.Count > 1 && Failures.IsRefusal(exception))
            {
                // One of them broke a rule or met a damaged page, or two transactions waited for each other: the others must not pay for it.
                foreach (PendingWrite write in batch)
                    await CommitAsync(connection, [write]);

                return;
            }

            foreach (PendingWrite write in batch)
                write.Fail(Failures.Translate(exception));
        }
    }
}
