using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>A group in memory: a cache of what storage says, changed only by what storage has confirmed.</summary>
internal sealed class GroupState
{
    private readonly Dictionary<DeviceId, DeviceState> _devices = [];
    private ImmutableArray<DeviceId> _members;

    public GroupState(StoredGroup stored)
    {
        Group = stored.Group;
        RelayEpoch = stored.RelayEpoch;
        OriginKey = stored.OriginKey;
        Chain = stored.Chain;
        Version = stored.Version;
        Oldest = stored.Oldest;
        Head = stored.Head;
        BytesUsed = stored.BytesUsed;
        foreach (StoredDevice device in stored.Devices)
            _devices.Add(device.Device, new DeviceState(device));
    }

    public GroupId Group { get; }

    public RelayEpoch RelayEpoch { get; }

    public AdmissionKey OriginKey { get; }

    public ImmutableArray<ChainStatement> Chain { get; private set; }

    public long Version { get; private set; }

    public Cursor Oldest { get; private set; }

    public Cursor Head { get; private set; }

    public long BytesUsed { get; private set; }

    /// <summary>One statement an epoch.</summary>
    public KeyEpoch KeyEpoch => new((uint)Chain.Length);

    public IReadOnlyCollection<DeviceState> Devices => _devices.Values;

    /// <summary>Devices that are not revoked.</summary>
    public ImmutableArray<DeviceId> Members => _members.IsDefault
        ? _members = [.. _devices.Values.Where(device => !device.IsRevoked).Select(device => device.Stored.Device)]
        : _members;

    public DeviceState? Find(DeviceId device) => _devices.GetValueOrDefault(device);

    public int CountActive() => _devices.Values.Count(device => !device.IsRevoked);

    /// <summary>Rows of others above what this device has acknowledged that are still there.</summary>
    public uint PendingOf(DeviceState device)
    {
        ulong from = Math.Max(device.Acked.Value, Oldest.Value - 1);
        ulong rows = Head.Value > from ? Head.Value - from : 0;
        return (uint)Math.Min(rows - Math.Min(rows, device.CountOwnAfter(new Cursor(from))), uint.MaxValue);
    }

    public void Apply(GroupWrite write, LogWritten written)
    {
        if (!write.Chain.IsDefault)
            Chain = write.Chain;

        if (!write.Devices.IsEmpty)
            _members = default;

        foreach (StoredDevice device in write.Devices)
        {
            if (_devices.TryGetValue(device.Device, out DeviceState? known))
                known.Apply(device);
            else
                _devices.Add(device.Device, new DeviceState(device));
        }

        Apply(written);
    }

    public void Apply(LogAppend append, LogWritten written)
    {
        DeviceState sender = _devices[append.Sender];
        ulong cursor = written.Head.Value - (ulong)append.Entries.Length;
        foreach (LogEntry entry in append.Entries)
            sender.Remember(new RingEntry(entry.SenderSeq, entry.BlobId, new Cursor(++cursor), append.TimestampMs));

        sender.ApplyAppend(append);
        Apply(written);
    }

    /// <summary>What storage says after a write that changed nothing else of it.</summary>
    public void Apply(LogWritten written)
    {
        Version = written.Version;
        Oldest = written.Oldest;
        Head = written.Head;
        BytesUsed = written.BytesUsed;
    }
}
