namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// Finds out that a path stopped to carry the large datagrams it once did, for example after a change of routes, while small ones still get
/// through: RFC 8899 section 4.3 calls it a black hole. The engine cannot go back to a smaller size, so the connection has to end. Pure: it
/// is told what happened and when.
/// </summary>
internal sealed class PathWatch
{
    /// <summary>The least time between two looks, in ns.</summary>
    public const ulong LookNanoseconds = 1_000_000_000;

    /// <summary>This long without a byte acknowledged, in ns, though the peer is heard, is a hole.</summary>
    public const ulong PatienceNanoseconds = 10_000_000_000;

    private ulong _progressAt;
    private long _acknowledged;
    private long _heardAtProgress;
    private bool _wasWaiting;

    /// <summary>When to look next, in ns.</summary>
    public ulong DueAt { get; private set; }

    /// <param name="now">Monotonic, in ns.</param>
    /// <param name="acknowledged">Stream bytes acknowledged since the connection's start.</param>
    /// <param name="heard">Packets read since the connection's start.</param>
    /// <param name="isWaiting">Whether bytes were sent that are not acknowledged.</param>
    public bool IsHole(ulong now, long acknowledged, long heard, bool isWaiting)
    {
        DueAt = now + LookNanoseconds;
        bool isStuck = isWaiting && _wasWaiting && acknowledged == _acknowledged;
        _wasWaiting = isWaiting;
        _acknowledged = acknowledged;
        if (isStuck)
            return heard > _heardAtProgress && now - _progressAt >= PatienceNanoseconds;

        _progressAt = now;
        _heardAtProgress = heard;
        return false;
    }
}
