namespace ZeroKSync.Transport;

/// <summary>Somebody who wants a stream and waits for the peer's limit.</summary>
internal sealed class WaitingOpen
{
    public TaskCompletionSource<TransportStream> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LinkedListNode<WaitingOpen>? Node { get; set; }
}
