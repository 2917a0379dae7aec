using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Paces each device over all its sessions, so that connecting anew refills nothing, and all devices together. Only welcomed devices come
/// here; what is at rest is forgotten.
/// </summary>
public sealed class DeviceLimits
{
    private readonly Lock _gate = new();
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly LimiterKeys<DeviceId, Device> _devices;

    public DeviceLimits(GatewayOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        _start = time.GetTimestamp();
        _devices = new(Create, device => device.Sessions > 0, device => device.Messages.IsFull(NowTicks) && device.Requests.IsFull(NowTicks));
        AllMessages = new TokenBucket(options.MessagesPerSecondAll, options.MessagesBurstAll, NowTicks);
    }

    /// <summary>Pushes of all devices.</summary>
    public TokenBucket AllMessages { get; }

    /// <summary>Devices remembered now.</summary>
    public int Devices
    {
        get
        {
            lock (_gate)
                return _devices.Count;
        }
    }

    internal long NowTicks => _time.GetElapsedTime(_start).Ticks;

    /// <summary>A session of this device begins.</summary>
    public DeviceLease Enter(DeviceId device)
    {
        lock (_gate)
        {
            Device entry = _devices.GetOrAdd(device);
            entry.Sessions++;
            return new DeviceLease(this, device, entry.Messages, entry.Requests);
        }
    }

    internal void Leave(DeviceId device)
    {
        lock (_gate)
        {
            _devices.GetOrAdd(device).Sessions--;
            _devices.Release(device);
        }
    }

    private Device Create() => new(
        new TokenBucket(_options.MessagesPerSecond, _options.MessagesBurst, NowTicks),
        new TokenBucket(_options.RequestsPerSecond, _options.RequestsBurst, NowTicks));

    private sealed class Device(TokenBucket messages, TokenBucket requests)
    {
        public TokenBucket Messages => messages;

        public TokenBucket Requests => requests;

        public int Sessions { get; set; }
    }
}
