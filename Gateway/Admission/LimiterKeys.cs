using System.Diagnostics.CodeAnalysis;

namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// What a limiter remembers by address or device. An entry that nobody uses and that is as it was made is forgotten; how many others are kept
/// is bounded, and above it those that nobody uses go first. The caller locks.
/// </summary>
/// <param name="create">A fresh entry.</param>
/// <param name="isUsed">Whether a session stands behind it now.</param>
/// <param name="isAtRest">Whether forgetting it changes nothing.</param>
internal sealed class LimiterKeys<TKey, TEntry>(Func<TEntry> create, Func<TEntry, bool> isUsed, Func<TEntry, bool> isAtRest)
    where TKey : notnull
    where TEntry : class
{
    /// <summary>Entries without a session behind them that are remembered: strangers must not fill the memory with addresses.</summary>
    public const int UnusedMax = 50_000;

    private readonly Dictionary<TKey, TEntry> _entries = [];
    private int _sweepAt = 1024;

    public int Count => _entries.Count;

    public bool TryFind(TKey key, [NotNullWhen(true)] out TEntry? entry) => _entries.TryGetValue(key, out entry);

    public TEntry GetOrAdd(TKey key)
    {
        if (_entries.TryGetValue(key, out TEntry? known))
            return known;

        if (_entries.Count >= _sweepAt)
            Sweep();

        return _entries[key] = create();
    }

    /// <summary>Forgets it if that changes nothing.</summary>
    public void Release(TKey key)
    {
        if (_entries.TryGetValue(key, out TEntry? entry) && !isUsed(entry) && isAtRest(entry))
            _entries.Remove(key);
    }

    // Each sweep is paid by as many newcomers as it leaves entries.
    private void Sweep()
    {
        int unused = 0;
        foreach ((TKey key, TEntry entry) in _entries)
        {
            if (!isUsed(entry) && (isAtRest(entry) || ++unused > UnusedMax))
                _entries.Remove(key);
        }

        _sweepAt = Math.Max(1024, _entries.Count * 2);
    }
}
