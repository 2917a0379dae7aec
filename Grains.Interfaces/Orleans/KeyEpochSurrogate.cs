using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="KeyEpoch"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.KeyEpoch")]
[Immutable]
public struct KeyEpochSurrogate
{
    [Id(0)]
    public uint Value;
}

[RegisterConverter]
public sealed class KeyEpochConverter : IConverter<KeyEpoch, KeyEpochSurrogate>
{
    public KeyEpoch ConvertFromSurrogate(in KeyEpochSurrogate surrogate) => new(surrogate.Value);

    public KeyEpochSurrogate ConvertToSurrogate(in KeyEpoch value) => new() { Value = value.Value };
}
