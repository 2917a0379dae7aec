using System.Threading.Channels;

namespace ZeroKSync.Client.Sync;

/// <summary>The app's events: bounded, the oldest dropped, and said so.</summary>
internal sealed class EventStream(TimeProvider time)
{
    /// <summary>Events that wait for the app.</summary>
    public const int WaitingMax = 1024;

    private readonly Channel<SyncEvent> _events = Channel.CreateBounded<SyncEvent>(new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait });
    private int _dropped;

    public IAsyncEnumerable<SyncEvent> ReadAllAsync() => _events.Reader.ReadAllAsync();

    public void Raise(SyncEventKind kind, string message, Protocol.DeviceId? device = null, Protocol.Sequence? sequence = null, Protocol.BlobId? blob = null, Protocol.Cursor? cursor = null)
    {
        DateTimeOffset now = time.GetUtcNow();
        int dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
            Write(new SyncEvent(SyncEventKind.EventsDropped, now, "Events came faster than they were read: the oldest were dropped."));

        Write(new SyncEvent(kind, now, message, device, sequence, blob, cursor));
    }

    public void Complete() => _events.Writer.TryComplete();

    private void Write(SyncEvent happened)
    {
        while (!_events.Writer.TryWrite(happened))
        {
            if (!_events.Reader.TryRead(out _))
                return;

            Interlocked.Increment(ref _dropped);
        }
    }
}
