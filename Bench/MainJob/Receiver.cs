using ZeroKSync.Client;

namespace ZeroKSync.Bench.MainJob;

/// <summary>Device B: keeps what arrives, in the order it arrives.</summary>
internal sealed class Receiver(SyncClient client)
{
    private readonly List<byte[]> _received = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _next;

    public IReadOnlyList<byte[]> Received => _received;

    /// <summary>Completes when as many as asked for are here.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Completes at the next blob; asked for before it is pushed.</summary>
    public Task WaitForNextAsync()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _next, next);
        return next.Task;
    }

    /// <summary>Reads until it is cancelled.</summary>
    public async Task ReadAsync(int count, CancellationToken cancellationToken)
    {
        await foreach (SyncedBlob blob in client.ReadAsync(cancellationToken))
        {
            _received.Add(blob.Data.ToArray());
            Interlocked.Exchange(ref _next, null)?.TrySetResult();
            if (_received.Count == count)
                _complete.TrySetResult();
        }
    }
}
