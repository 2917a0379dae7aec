using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="Sequence"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.Sequence")]
[Immutable]
public struct SequenceSurrogate
{
    [Id(0)]
    public ulong Value;
}

[RegisterConverter]
public sealed class SequenceConverter : IConverter<Sequence, SequenceSurrogate>
{
    public Sequence ConvertFromSurrogate(in SequenceSurrogate surrogate) => new(surrogate.Value);

    public SequenceSurrogate ConvertToSurrogate(in Sequence value) => new() { Value = value.Value };
}
