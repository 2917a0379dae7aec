using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="SequenceLink"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.SequenceLink")]
[Immutable]
public struct SequenceLinkSurrogate
{
    [Id(0)]
    public Bytes32 Value;
}

[RegisterConverter]
public sealed class SequenceLinkConverter : IConverter<SequenceLink, SequenceLinkSurrogate>
{
    public SequenceLink ConvertFromSurrogate(in SequenceLinkSurrogate surrogate) => new(surrogate.Value);

    public SequenceLinkSurrogate ConvertToSurrogate(in SequenceLink value) => new() { Value = value.Value };
}
