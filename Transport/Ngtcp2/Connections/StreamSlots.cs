namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// The streams of one direction that this end may open: how many the peer has allowed in all, and who waits for more. Ids are given out
/// here, in the engine's own order (RFC 9000 section 2.1), so opening one needs no word with the loop.
/// </summary>
internal sealed class StreamSlots(StreamDirection direction, bool isServer)
{
    private ulong _allowed;

    /// <summary>Opened so far.</summary>
    public long Opened { get; private set; }

    public bool HasFree => (ulong)Opened < _allowed;

    public LinkedList<WaitingOpen> Waiting { get; } = new();

    /// <summary>The peer's limit, counted from the connection's start; it never falls.</summary>
    public void Allow(ulong total) => _allowed = Math.Max(_allowed, total);

    /// <returns>The next stream's id.</returns>
    public long Take() => (Opened++ << 2) | (direction == StreamDirection.Unidirectional ? 2L : 0L) | (isServer ? 1L : 0L);
}
