using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="DeviceId"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.DeviceId")]
[Immutable]
public struct DeviceIdSurrogate
{
    [Id(0)]
    public Bytes32 Value;
}

[RegisterConverter]
public sealed class DeviceIdConverter : IConverter<DeviceId, DeviceIdSurrogate>
{
    public DeviceId ConvertFromSurrogate(in DeviceIdSurrogate surrogate) => new(surrogate.Value);

    public DeviceIdSurrogate ConvertToSurrogate(in DeviceId value) => new() { Value = value.Value };
}
