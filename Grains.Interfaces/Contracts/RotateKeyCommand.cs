using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>The next link of the chain.</summary>
[GenerateSerializer]
[Alias("zks.RotateKeyCommand")]
[Immutable]
public sealed record RotateKeyCommand
{
    [Id(0)]
    public required DeviceId Rotator { get; init; }

    [Id(1)]
    public required ChainStatement Statement { get; init; }

    [Id(2)]
    public required ImmutableArray<KeyWrap> Wraps { get; init; }

    /// <summary>This relay is the one that the statement names as the group's home.</summary>
    [Id(3)]
    public bool IsHome { get; init; }
}
