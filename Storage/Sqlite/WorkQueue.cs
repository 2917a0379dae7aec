using System.Collections.Concurrent;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>What waits for the database threads; bounded, first come first served. What is not urgent waits apart.</summary>
internal sealed class WorkQueue(int capacity) : IDisposable
{
    private const int BackgroundCapacity = 256;

    private readonly BlockingCollection<WorkItem> _items = new(capacity);
    private readonly BlockingCollection<WorkItem> _background = new(BackgroundCapacity);

    /// <summary>Whether nothing waits, and nothing will.</summary>
    public bool IsClosed => _items.IsCompleted;

    public bool IsEmpty => _items.Count == 0;

    /// <summary>False when it is full or closed.</summary>
    public bool TryAdd(WorkItem item) => TryAdd(_items, item);

    /// <summary>Adds what may wait until nothing else does; false when that queue is full or closed.</summary>
    public bool TryAddBackground(WorkItem item)
    {
        if (!TryAdd(_background, item))
            return false;

        // A thread that waits, waits for the other queue. Where that one is full the thread is awake.
        TryAdd(_items, WakeUp.Instance);
        return true;
    }

    /// <summary>Waits for the next item; false when the queue is closed and empty.</summary>
    public bool TryTake(out WorkItem item) => _items.TryTake(out item!, Timeout.Infinite);

    /// <summary>Waits for the next item, so long at most; false when there was none.</summary>
    public bool TryTake(TimeSpan patience, out WorkItem item) => _items.TryTake(out item!, patience);

    /// <summary>The next item if there is one already.</summary>
    public bool TryTakeWaiting(out WorkItem item) => _items.TryTake(out item!);

    /// <summary>The next background item if there is one.</summary>
    public bool TryTakeBackground(out WorkItem item) => _background.TryTake(out item!);

    public void Close()
    {
        _background.CompleteAdding();
        _items.CompleteAdding();
    }

    public void Dispose()
    {
        _items.Dispose();
        _background.Dispose();
    }

    private static bool TryAdd(BlockingCollection<WorkItem> items, WorkItem item)
    {
        try
        {
            return items.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            // Closed between the caller's check and here.
            return false;
        }
    }

    /// <summary>Nothing to do: it counts as cancelled.</summary>
    private sealed class WakeUp : WorkItem
    {
        public static readonly WakeUp Instance = new();

        public override bool IsCancelled => true;

        public override void Run(SqliteSession session)
        {
        }

        public override void Complete()
        {
        }

        public override void Cancel()
        {
        }

        public override void Fail(Exception exception)
        {
        }
    }
}
