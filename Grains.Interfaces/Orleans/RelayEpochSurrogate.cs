using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="RelayEpoch"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.RelayEpoch")]
[Immutable]
public struct RelayEpochSurrogate
{
    [Id(0)]
    public Bytes16 Value;
}

[RegisterConverter]
public sealed class RelayEpochConverter : IConverter<RelayEpoch, RelayEpochSurrogate>
{
    public RelayEpoch ConvertFromSurrogate(in RelayEpochSurrogate surrogate) => new(surrogate.Value);

    public RelayEpochSurrogate ConvertToSurrogate(in RelayEpoch value) => new() { Value = value.Value };
}
