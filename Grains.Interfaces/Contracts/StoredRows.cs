using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Where the log stood when a batch's rows were stored, and who may read them: enough to hand the rows on without reading them back.</summary>
[GenerateSerializer]
[Alias("zks.StoredRows")]
[Immutable]
public sealed record StoredRows
{
    /// <summary>Cursor of the last of them; the others stand right before it.</summary>
    [Id(0)]
    public required Cursor HeadCursor { get; init; }

    [Id(1)]
    public required Cursor OldestCursor { get; init; }

    /// <summary>The group's devices that were not revoked.</summary>
    [Id(2)]
    public required ImmutableArray<DeviceId> Readers { get; init; }
}
