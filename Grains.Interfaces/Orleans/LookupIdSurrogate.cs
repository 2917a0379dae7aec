using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="LookupId"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.LookupId")]
[Immutable]
public struct LookupIdSurrogate
{
    [Id(0)]
    public Bytes16 Value;
}

[RegisterConverter]
public sealed class LookupIdConverter : IConverter<LookupId, LookupIdSurrogate>
{
    public LookupId ConvertFromSurrogate(in LookupIdSurrogate surrogate) => new(surrogate.Value);

    public LookupIdSurrogate ConvertToSurrogate(in LookupId value) => new() { Value = value.Value };
}
