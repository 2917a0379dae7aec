namespace ZeroKSync.Grains.Contracts;

/// <summary>One message of the exchange.</summary>
[GenerateSerializer]
[Alias("zks.PakeStep")]
[Immutable]
public sealed record PakeStep
{
    /// <summary>0 to 3; 4 is the handed-over record.</summary>
    [Id(0)]
    public required byte Step { get; init; }

    [Id(1)]
    public required ReadOnlyMemory<byte> Bytes { get; init; }
}
