using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Rows after the asked cursor, in order.</summary>
[GenerateSerializer]
[Alias("zks.ReadPage")]
[Immutable]
public sealed record ReadPage : ReadResult
{
    [Id(0)]
    public required ImmutableArray<PageEntry> Entries { get; init; }

    /// <summary>How far the page reaches, rows left out included.</summary>
    [Id(1)]
    public required Cursor ThroughCursor { get; init; }

    [Id(2)]
    public required bool HasMore { get; init; }

    [Id(3)]
    public required Cursor OldestCursor { get; init; }

    [Id(4)]
    public required Cursor HeadCursor { get; init; }
}
