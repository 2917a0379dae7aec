namespace ZeroKSync.Grains.Contracts;

/// <summary>The device is a member and current.</summary>
[GenerateSerializer]
[Alias("zks.Welcomed")]
[Immutable]
public sealed record Welcomed : HelloResult
{
    [Id(0)]
    public required WelcomeState State { get; init; }
}
