using System.Collections.Concurrent;

namespace ZeroKSync.Storage;

/// <summary>Rows that expiry found and could not change, because they or what stands beside them are damaged: left alone until the next start.</summary>
internal sealed class StuckRows<T>
    where T : notnull
{
    // Everything that is due is looked for among so many more.
    private const int RowsMax = 4096;

    private readonly ConcurrentDictionary<T, bool> _rows = [];

    public int Count => _rows.Count;

    public bool Has(T row) => _rows.ContainsKey(row);

    /// <summary>Notes one more; false where there are so many that expiry had better stop.</summary>
    public bool TryNote(T row) => _rows.Count < RowsMax && _rows.TryAdd(row, true);
}
