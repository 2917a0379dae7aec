using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="Cursor"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.Cursor")]
[Immutable]
public struct CursorSurrogate
{
    [Id(0)]
    public ulong Value;
}

[RegisterConverter]
public sealed class CursorConverter : IConverter<Cursor, CursorSurrogate>
{
    public Cursor ConvertFromSurrogate(in CursorSurrogate surrogate) => new(surrogate.Value);

    public CursorSurrogate ConvertToSurrogate(in Cursor value) => new() { Value = value.Value };
}
