namespace ZeroKSync.Session;

/// <summary>The open streams of a session: gives each its keys, moves all of them to new ones, and knows which the peer has not moved.</summary>
/// <param name="keys">Of the session; stay the caller's.</param>
public sealed class SessionStreams(SessionKeys keys)
{
    private readonly Lock _gate = new();
    private readonly HashSet<FramePipe> _open = [];

    /// <summary>Of the session.</summary>
    public SessionKeys Keys => keys;

    /// <summary>
    /// Makes the keys of a stream. False where its number had keys before, or is too far back to tell: nothing on it can be read, and the peer
    /// may have chosen the number.
    /// </summary>
    /// <param name="streamId">The transport's number, not negative.</param>
    /// <param name="isWritten">Whether this end seals.</param>
    /// <param name="isRead">Whether this end opens.</param>
    /// <param name="sealer">The caller's to dispose of; null where this end does not write.</param>
    /// <param name="opener">The caller's to dispose of; null where this end does not read.</param>
    public bool TryCreate(long streamId, bool isWritten, bool isRead, out FrameSealer? sealer, out FrameOpener? opener)
    {
        (sealer, opener) = (null, null);
        if (isRead && !keys.TryCreateOpener(streamId, out opener))
            return false;

        // Both ends' numbers are taken in the same order, so what is new to read is new to write.
        sealer = isWritten ? keys.CreateSealer(streamId) : null;
        return true;
    }

    internal void Add(FramePipe pipe)
    {
        lock (_gate)
            _open.Add(pipe);
    }

    internal void Remove(FramePipe pipe)
    {
        lock (_gate)
            _open.Remove(pipe);
    }

    /// <summary>Has every open stream seal under the current epoch from its next frame on.</summary>
    /// <returns>Those that are to tell their peer.</returns>
    internal FramePipe[] Move()
    {
        FramePipe[] open = Snapshot();
        foreach (FramePipe pipe in open)
            pipe.Move();

        return open;
    }

    /// <summary>Streams on which the peer still sends under keys that are gone.</summary>
    internal FramePipe[] Behind() => Array.FindAll(Snapshot(), pipe => pipe.IsBehind(keys.OldestEpoch));

    private FramePipe[] Snapshot()
    {
        lock (_gate)
            return [.. _open];
    }
}
