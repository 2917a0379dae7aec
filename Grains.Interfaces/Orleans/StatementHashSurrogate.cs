using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="StatementHash"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.StatementHash")]
[Immutable]
public struct StatementHashSurrogate
{
    [Id(0)]
    public Bytes32 Value;
}

[RegisterConverter]
public sealed class StatementHashConverter : IConverter<StatementHash, StatementHashSurrogate>
{
    public StatementHash ConvertFromSurrogate(in StatementHashSurrogate surrogate) => new(surrogate.Value);

    public StatementHashSurrogate ConvertToSurrogate(in StatementHash value) => new() { Value = value.Value };
}
