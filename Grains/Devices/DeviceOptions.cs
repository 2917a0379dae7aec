namespace ZeroKSync.Grains.Devices;

/// <summary>How a device's session is kept.</summary>
public sealed class DeviceOptions
{
    /// <summary>How long a session counts as online without being renewed: what a gateway that died leaves behind. 1 to 60 min, default 5 min.</summary>
    public TimeSpan SessionLease { get; set; } = TimeSpan.FromMinutes(5);
}
