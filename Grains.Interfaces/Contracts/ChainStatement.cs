namespace ZeroKSync.Grains.Contracts;

/// <summary>One link of the rotation chain, as its rotator signed it.</summary>
[GenerateSerializer]
[Alias("zks.ChainStatement")]
[Immutable]
public sealed record ChainStatement
{
    [Id(0)]
    public required ReadOnlyMemory<byte> Statement { get; init; }

    /// <summary>64 bytes, Ed25519.</summary>
    [Id(1)]
    public required ReadOnlyMemory<byte> Signature { get; init; }
}
