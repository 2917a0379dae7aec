namespace ZeroKSync.Grains.Contracts;

/// <summary>The device is a member of an older epoch: it may fetch rotations, nothing else.</summary>
[GenerateSerializer]
[Alias("zks.Restricted")]
[Immutable]
public sealed record Restricted : HelloResult
{
    [Id(0)]
    public required WelcomeState State { get; init; }
}
