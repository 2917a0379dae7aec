using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Devices;

/// <summary>Where to send wake-ups for a device; what of a device outlives its session.</summary>
[GenerateSerializer]
[Alias("zks.WakeState")]
public sealed class WakeState
{
    [Id(0)]
    public WakePlatform Platform { get; set; }

    [Id(1)]
    public byte[] Token { get; set; } = [];

    [Id(2)]
    public string? AppId { get; set; }
}
