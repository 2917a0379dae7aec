namespace ZeroKSync.Grains.Devices;

/// <summary>How a device's session is kept. Validated at start.</summary>
public sealed class DeviceOptions
{
    /// <summary>How long a session counts as online without being renewed: what a gateway that died leaves behind. 1 min to 60 min, default 5 min.</summary>
    public TimeSpan SessionLease { get; set; } = TimeSpan.FromMinutes(5);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        if (SessionLease < TimeSpan.FromMinutes(1) || SessionLease > TimeSpan.FromMinutes(60))
            throw new ArgumentOutOfRangeException(nameof(SessionLease), SessionLease, $"{nameof(SessionLease)} must be between 1 and 60 minutes.");
    }
}
