namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// Which streams of one direction the peer may open and has. Ids can come out of order, because a stream shows with its first frame; those
/// passed over stay open to it and count against its limit, which bounds the set of them.
/// </summary>
internal sealed class InboundStreams(int limit)
{
    private readonly HashSet<long> _passedOver = [];
    private long _next;
    private long _granted = limit;

    /// <summary>Streams the peer may open since the start.</summary>
    public long Granted => _granted;

    /// <summary>The peer does not know <see cref="Granted"/> yet.</summary>
    public bool IsGrantDue { get; set; }

    /// <returns>False where the number is beyond the limit.</returns>
    public bool TryOpen(long number, out bool isNew)
    {
        isNew = number >= _next || _passedOver.Remove(number);
        if (number >= _granted)
            return false;

        for (; _next < number; _next++)
            _passedOver.Add(_next);

        _next = Math.Max(_next, number + 1);
        return true;
    }

    /// <summary>A stream was accepted and is over: the peer may open one more.</summary>
    public void Return()
    {
        _granted++;
        IsGrantDue = true;
    }
}
