using System.Collections.Concurrent;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>What waits for the database threads; bounded, first come first served.</summary>
internal sealed class WorkQueue(int capacity) : IDisposable
{
    private readonly BlockingCollection<WorkItem> _items = new(capacity);

    public bool IsEmpty => _items.Count == 0;

    /// <summary>False when it is full or closed.</summary>
    public bool TryAdd(WorkItem item)
    {
        try
        {
            return _items.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            // Closed between the caller's check and here.
            return false;
        }
    }

    /// <summary>Waits for the next item; false when the queue is closed and empty.</summary>
    public bool TryTake(out WorkItem item) => _items.TryTake(out item!, Timeout.Infinite);

    /// <summary>The next item if there is one already.</summary>
    public bool TryTakeWaiting(out WorkItem item) => _items.TryTake(out item!);

    public void Close() => _items.CompleteAdding();

    public void Dispose() => _items.Dispose();
}
