using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A member opens a rendezvous.</summary>
[GenerateSerializer]
[Alias("zks.InviteCreation")]
[Immutable]
public sealed record InviteCreation
{
    [Id(0)]
    public required GroupId Group { get; init; }

    [Id(1)]
    public required DeviceId Creator { get; init; }

    [Id(2)]
    public required InviteKind Kind { get; init; }

    /// <summary>Only with an invite.</summary>
    [Id(3)]
    public ReadOnlyMemory<byte>? Sealed { get; init; }

    /// <summary>1 to 86,400.</summary>
    [Id(4)]
    public required uint ExpiresSeconds { get; init; }

    /// <summary>Of a short code; 0 with an invite.</summary>
    [Id(5)]
    public required byte Attempts { get; init; }
}
