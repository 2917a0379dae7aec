using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A member ends a rendezvous.</summary>
[GenerateSerializer]
[Alias("zks.CancelInviteCommand")]
[Immutable]
public sealed record CancelInviteCommand
{
    [Id(0)]
    public required GroupId Group { get; init; }

    [Id(1)]
    public required DeviceId Device { get; init; }
}
