namespace ZeroKSync.Transport.InMemory;

/// <summary>What two ends share: one lock, the live streams, and the credit of each direction.</summary>
internal sealed class InMemoryLink
{
    private readonly HashSet<InMemorySlot> _slots = [];

    public Lock Gate { get; } = new();

    /// <summary>Creates the stream with the opener's next id (RFC 9000 section 2.1) if the peer's limit has room.</summary>
    public InMemoryStream? TryOpen(InMemoryConnection opener, StreamDirection direction)
    {
        var peer = opener.Peer;
        if (!opener.TryTakeStream(direction, out var number))
            return null;

        var id = (number << 2) | (direction == StreamDirection.Unidirectional ? 2L : 0L) | (opener.IsListenerSide ? 1L : 0L);
        var forward = new InMemoryPipe(opener, peer, opener.Outgoing);
        var backward = direction == StreamDirection.Bidirectional ? new InMemoryPipe(peer, opener, peer.Outgoing) : null;
        var slot = new InMemorySlot(id, direction, opener, forward, backward);
        _slots.Add(slot);
        return slot.OpenerView();
    }

    /// <summary>Gives the slot back to the opener once the stream was accepted and ended both ways.</summary>
    public void Settle(InMemorySlot slot)
    {
        if (!slot.IsFinished || !slot.WasAccepted || slot.WasReturned)
            return;

        slot.WasReturned = true;
        _slots.Remove(slot);
        slot.Opener.ReturnStream(slot.Direction);
    }

    public void WakeAll()
    {
        foreach (var slot in _slots)
            slot.Wake();
    }
}
