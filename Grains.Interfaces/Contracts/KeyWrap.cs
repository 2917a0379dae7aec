using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A new secret, sealed to one device.</summary>
[GenerateSerializer]
[Alias("zks.KeyWrap")]
[Immutable]
public sealed record KeyWrap
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required ReadOnlyMemory<byte> Wrap { get; init; }
}
