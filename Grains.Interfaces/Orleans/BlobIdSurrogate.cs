using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="BlobId"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.BlobId")]
[Immutable]
public struct BlobIdSurrogate
{
    [Id(0)]
    public Bytes16 Value;
}

[RegisterConverter]
public sealed class BlobIdConverter : IConverter<BlobId, BlobIdSurrogate>
{
    public BlobId ConvertFromSurrogate(in BlobIdSurrogate surrogate) => new(surrogate.Value);

    public BlobIdSurrogate ConvertToSurrogate(in BlobId value) => new() { Value = value.Value };
}
