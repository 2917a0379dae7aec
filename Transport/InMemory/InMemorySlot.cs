namespace ZeroKSync.Transport.InMemory;

/// <summary>A stream as its connection counts it: when the peer learns of it, and when its place in the limit is free again.</summary>
internal sealed class InMemorySlot(long id, StreamDirection direction, InMemoryConnection opener, InMemoryPipe forward, InMemoryPipe? backward)
{
    private bool _announced;

    public long Id => id;

    public StreamDirection Direction => direction;

    public InMemoryConnection Opener => opener;

    public bool WasAccepted { get; set; }

    public bool WasReturned { get; set; }

    public bool IsFinished => forward.IsFinished && (backward is null || backward.IsFinished);

    public InMemoryStream OpenerView() => new(opener, this, incoming: backward, outgoing: forward);

    public InMemoryStream AccepterView() => new(opener.Peer, this, incoming: forward, outgoing: backward);

    public void Announce()
    {
        if (_announced)
            return;

        _announced = true;
        opener.Peer.Offer(this);
    }

    public void Wake()
    {
        forward.Wake();
        backward?.Wake();
    }
}
