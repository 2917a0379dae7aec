using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A step on its way to the other side.</summary>
[GenerateSerializer]
[Alias("zks.PassCommand")]
[Immutable]
public sealed record PassCommand
{
    [Id(0)]
    public required InviteSide Side { get; init; }

    [Id(1)]
    public required DeviceId Device { get; init; }

    [Id(2)]
    public required PakeStep Step { get; init; }
}
