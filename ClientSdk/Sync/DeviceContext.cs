using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>What every part of a device in a group works with. It owns the keys of the group, and nothing else of it.</summary>
internal sealed class DeviceContext : IDisposable
{
    private volatile GroupRecord _record;
    private volatile RotationFacts _rotations;

    public DeviceContext(ClientStore store, DeviceKeys device, string deviceName, GroupRecord record, GroupKeeper keeper, TimeProvider time, StatusBoard board, EventStream events)
    {
        Store = store;
        Device = device;
        DeviceName = deviceName;
        _record = record;
        _rotations = new RotationFacts(record.Rotations);
        Keeper = keeper;
        Keyring = new GroupKeyring(record);
        Sealer = new BlobSealer(Keyring);
        Time = time;
        Board = board;
        Events = events;
    }

    public ClientStore Store { get; }

    public DeviceKeys Device { get; }

    public string DeviceName { get; }

    /// <summary>Replaced, never changed, when an epoch is adopted.</summary>
    public GroupRecord Record => _record;

    public RotationFacts Rotations => _rotations;

    public GroupKeeper Keeper { get; }

    public GroupKeyring Keyring { get; }

    public BlobSealer Sealer { get; }

    public TimeProvider Time { get; }

    /// <summary>When a session of this device changes its keys.</summary>
    public RekeyLimits RekeyLimits { get; init; } = RekeyLimits.Default;

    public StatusBoard Board { get; }

    public EventStream Events { get; }

    /// <summary>Wakes when there may be something to say of what this device has, or something new was said by another.</summary>
    public Pulse VectorWork { get; } = new();

    public GroupId GroupId => Record.GroupId;

    public DeviceId DeviceId => Device.DeviceId;

    /// <summary>Moves to the next epoch, which is on disk already.</summary>
    public void Adopt(GroupRecord next, GroupKeys keys)
    {
        _record = next;
        _rotations = new RotationFacts(next.Rotations);
        Keyring.Adopt(keys);
        VectorWork.Fire();
    }

    public void Dispose()
    {
        Keyring.Dispose();
        Record.Dispose();
    }
}
