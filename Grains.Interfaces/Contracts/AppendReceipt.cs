using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>What became of one stored entry.</summary>
[GenerateSerializer]
[Alias("zks.AppendReceipt")]
[Immutable]
public readonly record struct AppendReceipt
{
    [Id(0)]
    public required Cursor Cursor { get; init; }

    /// <summary>Relay time of the first store, milliseconds since 1970 UTC.</summary>
    [Id(1)]
    public required ulong TimestampMs { get; init; }

    /// <summary>It was stored before; cursor and time are those of the first time.</summary>
    [Id(2)]
    public required bool Duplicate { get; init; }
}
