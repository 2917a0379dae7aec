using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Takes a place.</summary>
[GenerateSerializer]
[Alias("zks.AttendCommand")]
[Immutable]
public sealed record AttendCommand
{
    [Id(0)]
    public required InviteSide Side { get; init; }

    [Id(1)]
    public required DeviceId Device { get; init; }

    /// <summary>The creator's.</summary>
    [Id(2)]
    public GroupId? Group { get; init; }
}
