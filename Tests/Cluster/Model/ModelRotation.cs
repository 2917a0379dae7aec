using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>What came with one rotation.</summary>
internal sealed class ModelRotation(IReadOnlyCollection<KeyWrap> wraps)
{
    /// <summary>Ascending.</summary>
    public IReadOnlyList<DeviceId> Members { get; } = [.. wraps.Select(wrap => wrap.Device).OrderBy(device => device.ToHex(), StringComparer.Ordinal)];

    /// <summary>Those that wait for their device, by its id.</summary>
    public Dictionary<string, byte[]> Wraps { get; } = wraps.ToDictionary(wrap => wrap.Device.ToHex(), wrap => wrap.Wrap.ToArray());
}
