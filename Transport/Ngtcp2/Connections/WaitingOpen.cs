namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>A caller who waits for the peer's stream limit.</summary>
internal sealed class WaitingOpen(StreamDirection direction)
{
    public StreamDirection Direction => direction;

    public TaskCompletionSource<TransportStream> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The place in the line; in no list once the wait is over.</summary>
    public LinkedListNode<WaitingOpen>? Node { get; set; }
}
