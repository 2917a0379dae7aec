using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>Rows in cursor order, all read at one moment.</summary>
public sealed record LogPage
{
    public required ImmutableArray<PageEntry> Entries { get; init; }

    /// <summary>How far was looked: rows passed over are below it.</summary>
    public required Cursor Through { get; init; }

    public required Cursor Oldest { get; init; }

    public required Cursor Head { get; init; }
}
