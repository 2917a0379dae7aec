using System.Collections.Concurrent;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// Which groups have unsettled appends, and what they amount to with them. It is the writing thread's, and changes with its commits: what a transaction does
/// here is kept back until it is through. Any thread may ask <see cref="Has"/> before it reads: whatever was acknowledged by then shows here, or is in its place.
/// </summary>
internal sealed class UnsettledGroups
{
    /// <summary>Appends that may wait to be settled: so many cost the next one half a millisecond.</summary>
    public const int AppendsMax = 128;

    private readonly Dictionary<long, (GroupId? Id, int Count, LogWritten? Numbers)> _groups = [];

    // Groups whose appends cannot be put where they belong. They wait for a repair, and for the next start.
    private readonly HashSet<long> _stuck = [];
    private readonly ConcurrentDictionary<GroupId, long> _ids = new();

    private (long Row, GroupId Id, LogWritten Written)? _appended;
    private List<long>? _settled;

    /// <summary>Appends to settle, those that are stuck aside.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a group has appends that a reader would not find in their place. For any thread.</summary>
    public bool Has(GroupId group) => _ids.ContainsKey(group);

    /// <summary>Whether there are any, those that are stuck included. For any thread.</summary>
    public bool HasAny => !_ids.IsEmpty;

    public bool HasStuck => _stuck.Count > 0;

    public bool IsStuck(long row) => _stuck.Contains(row);

    public bool IsStuck(GroupId group) => _stuck.Count > 0 && _ids.TryGetValue(group, out long row) && _stuck.Contains(row);

    /// <summary>The groups that have some to settle.</summary>
    public List<long> Groups() => [.. _groups.Keys.Where(row => !_stuck.Contains(row))];

    /// <summary>What a group amounts to with them; null where it has none.</summary>
    public LogWritten? Find(long row) => _groups.TryGetValue(row, out var group) ? group.Numbers : null;

    /// <summary>They were found at the start.</summary>
    public void Found(long row, GroupId? id, int count)
    {
        _groups[row] = (id, count, null);
        Count += count;
        if (id is { } known)
            _ids[known] = row;
    }

    /// <summary>The transaction adds one.</summary>
    public void Appended(long row, GroupId id, LogWritten written) => _appended = (row, id, written);

    /// <summary>The transaction puts those of these groups where they belong.</summary>
    public void Settled(List<long> rows) => _settled = rows;

    /// <summary>Those of a group cannot be put where they belong.</summary>
    public void Stuck(long row)
    {
        if (_groups.TryGetValue(row, out var group) && _stuck.Add(row))
            Count -= group.Count;
    }

    /// <summary>The transaction is through. Before whoever waits for it is told.</summary>
    public void Committed()
    {
        foreach (long row in _settled ?? [])
            Forget(row);

        if (_appended is (long appended, GroupId id, LogWritten written))
        {
            int count = _groups.TryGetValue(appended, out var group) ? group.Count : 0;
            _groups[appended] = (id, count + 1, written);
            _ids[id] = appended;
            Count++;
        }

        RolledBack();
    }

    /// <summary>The transaction came to nothing.</summary>
    public void RolledBack()
    {
        _appended = null;
        _settled = null;
    }

    private void Forget(long row)
    {
        if (!_groups.Remove(row, out var group))
            return;

        Count -= group.Count;
        if (group.Id is { } id)
            _ids.TryRemove(id, out _);
    }
}
