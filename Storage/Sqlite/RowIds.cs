using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Row numbers of groups and devices, so that an append does not look them up. Bounded: it starts anew when it is full.</summary>
internal sealed class RowIds
{
    private const int EntriesMax = 100_000;

    private readonly Dictionary<GroupId, long> _groups = [];
    private readonly Dictionary<(long Group, DeviceId Device), long> _devices = [];

    public bool TryGetGroup(GroupId group, out long row) => _groups.TryGetValue(group, out row);

    public bool TryGetDevice(long group, DeviceId device, out long row) => _devices.TryGetValue((group, device), out row);

    public void Add(GroupId group, long row)
    {
        if (_groups.Count >= EntriesMax)
            _groups.Clear();

        _groups[group] = row;
    }

    public void Add(long group, DeviceId device, long row)
    {
        if (_devices.Count >= EntriesMax)
            _devices.Clear();

        _devices[(group, device)] = row;
    }

    public void Clear()
    {
        _groups.Clear();
        _devices.Clear();
    }
}
