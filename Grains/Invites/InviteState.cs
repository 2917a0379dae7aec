using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Invites;

/// <summary>One open rendezvous. It is removed, not marked, when it is claimed, cancelled or found expired.</summary>
[GenerateSerializer]
[Alias("zks.InviteState")]
public sealed class InviteState
{
    [Id(0)]
    public byte[] Group { get; set; } = [];

    [Id(1)]
    public byte[] Creator { get; set; } = [];

    [Id(2)]
    public InviteKind Kind { get; set; }

    [Id(3)]
    public byte[] Sealed { get; set; } = [];

    /// <summary>Relay time, ms.</summary>
    [Id(4)]
    public ulong ExpiresMs { get; set; }

    [Id(5)]
    public byte Attempts { get; set; }
}
