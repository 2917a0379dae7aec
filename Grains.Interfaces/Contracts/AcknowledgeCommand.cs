using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Cumulative.</summary>
[GenerateSerializer]
[Alias("zks.AcknowledgeCommand")]
[Immutable]
public sealed record AcknowledgeCommand
{
    [Id(0)]
    public required DeviceId Device { get; init; }

    [Id(1)]
    public required Cursor Cursor { get; init; }
}
