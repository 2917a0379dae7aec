namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Bytes in hand for all sessions together: long frames under way, pushes on their way to storage, pages on their way to readers. What is in
/// hand is taken whatever it is, since it is there; nothing new is begun above the bound, so it is passed by at most what was begun before.
/// </summary>
public sealed class MemoryBudget(long bytesMax)
{
    private long _used;

    /// <summary>Bytes in hand now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Above the bound: nothing new is begun.</summary>
    public bool IsOver => Used >= bytesMax;

    /// <summary>Above half the bound: what can be small is.</summary>
    public bool IsTight => Used >= bytesMax / 2;

    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
