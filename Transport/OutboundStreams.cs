namespace ZeroKSync.Transport;

/// <summary>Which streams of one direction this end opened, and who waits to open one, in turn.</summary>
internal sealed class OutboundStreams
{
    private readonly LinkedList<WaitingOpen> _waiting = new();
    private long _opened;
    private long _limit;

    public long Opened => _opened;

    public int Waiting => _waiting.Count;

    /// <returns>The number of the next stream, or null where the limit is reached or others were first.</returns>
    public long? TryTake() => _opened < _limit && _waiting.Count == 0 ? _opened++ : null;

    public WaitingOpen Enqueue()
    {
        var open = new WaitingOpen();
        open.Node = _waiting.AddLast(open);
        return open;
    }

    /// <summary>The peer's limit, which only grows: an older word of it changes nothing.</summary>
    public void Allow(long limit) => _limit = Math.Max(_limit, limit);

    /// <summary>The next in line, with its number, if there is one and the limit allows it.</summary>
    public bool TryServe(out WaitingOpen open, out long number)
    {
        open = null!;
        number = _opened;
        if (_opened >= _limit || _waiting.First is not { } first)
            return false;

        _waiting.RemoveFirst();
        _opened++;
        open = first.Value;
        return true;
    }

    /// <returns>False where it was served in the meantime.</returns>
    public bool TryCancel(WaitingOpen open)
    {
        if (open.Node?.List is null)
            return false;

        _waiting.Remove(open.Node);
        return true;
    }

    /// <summary>Everybody who waits, who then waits no longer.</summary>
    public IReadOnlyList<WaitingOpen> TakeAll()
    {
        WaitingOpen[] all = [.. _waiting];
        _waiting.Clear();
        return all;
    }
}
