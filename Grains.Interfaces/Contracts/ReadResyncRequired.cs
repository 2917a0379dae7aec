using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>The cursor lies outside what is stored.</summary>
[GenerateSerializer]
[Alias("zks.ReadResyncRequired")]
[Immutable]
public sealed record ReadResyncRequired : ReadResult
{
    [Id(0)]
    public required Cursor OldestCursor { get; init; }

    [Id(1)]
    public required Cursor HeadCursor { get; init; }
}
