using ZeroKSync.Gateway.Admission;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// What the streams of one session share, so that a member cannot make the relay hold a megabyte on each of them. Beyond the transport's
/// windows a session holds at most: <see cref="FreeFrameBytes"/> for each stream, <see cref="LongFramesMax"/> frames that are longer,
/// <see cref="RequestsMax"/> answers, one page of a subscription with what was stored since (64 KiB), and three batches of pushes.
/// </summary>
internal sealed class StreamLimits(GatewayOptions options, TimeProvider time, MemoryBudget memory) : IDisposable
{
    /// <summary>A frame up to this long is received without asking.</summary>
    public const int FreeFrameBytes = 16 << 10;

    /// <summary>
    /// Longer frames that may be unfinished at once. One more is not left waiting: unread, it would use up the connection's window, and with
    /// that stop the very frames it waits for.
    /// </summary>
    public const int LongFramesMax = 8;

    /// <summary>Requests answered at once, until the transport has taken the answer; others wait.</summary>
    public const int RequestsMax = 4;

    /// <summary>Slower than this no link is that anybody syncs over.</summary>
    public const int BytesPerSecondMin = 2 << 10;

    private int _longFrames;

    public TimeProvider Time => time;

    /// <summary>A place for each request that is being answered.</summary>
    public SemaphoreSlim Requests { get; } = new(RequestsMax);

    /// <summary>How long the peer may be waited for, in all, until it has sent or taken so much.</summary>
    public TimeSpan Allow(int bytes) => options.StreamDeadline + TimeSpan.FromSeconds(bytes / BytesPerSecondMin);

    /// <summary>Takes a place for a long frame that is not whole yet; false where none is left, in the session or in the gateway's memory.</summary>
    public bool TryTakeLongFrame(long bytes)
    {
        if (memory.IsOver)
            return false;

        if (Interlocked.Increment(ref _longFrames) > LongFramesMax)
        {
            Interlocked.Decrement(ref _longFrames);
            return false;
        }

        memory.Take(bytes);
        return true;
    }

    /// <summary>A place goes on to a longer frame.</summary>
    public void GrowLongFrame(long bytes) => memory.Take(bytes);

    public void GiveBackLongFrame(long bytes)
    {
        memory.Release(bytes);
        Interlocked.Decrement(ref _longFrames);
    }

    public void Dispose() => Requests.Dispose();
}
