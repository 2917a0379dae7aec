using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="AdmissionKey"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.AdmissionKey")]
[Immutable]
public struct AdmissionKeySurrogate
{
    [Id(0)]
    public Bytes32 Value;
}

[RegisterConverter]
public sealed class AdmissionKeyConverter : IConverter<AdmissionKey, AdmissionKeySurrogate>
{
    public AdmissionKey ConvertFromSurrogate(in AdmissionKeySurrogate surrogate) => new(surrogate.Value);

    public AdmissionKeySurrogate ConvertToSurrogate(in AdmissionKey value) => new() { Value = value.Value };
}
