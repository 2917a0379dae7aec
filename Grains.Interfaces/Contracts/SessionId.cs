namespace ZeroKSync.Grains.Contracts;

/// <summary>Names one session of a device: random, made by the gateway, never shown.</summary>
[GenerateSerializer]
[Alias("zks.SessionId")]
[Immutable]
public readonly record struct SessionId
{
    [Id(0)]
    public required ulong High { get; init; }

    [Id(1)]
    public required ulong Low { get; init; }
}
