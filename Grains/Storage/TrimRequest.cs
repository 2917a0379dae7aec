using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>
/// Which rows are delivered and may be trimmed: always a prefix of the log, never more than <see cref="RowsMax"/> at once.
/// </summary>
public sealed record TrimRequest
{
    /// <summary>Rows in one transaction, so that others do not wait long.</summary>
    public const int RowsMax = 4096;

    /// <summary>Every device has acknowledged up to here.</summary>
    public required Cursor AllThrough { get; init; }

    /// <summary>Every device but <see cref="Laggard"/> has acknowledged up to here, so its own rows are delivered too.</summary>
    public required Cursor OthersThrough { get; init; }

    public required DeviceId Laggard { get; init; }

    /// <summary>Only rows stored at or before this time go, ms of relay time.</summary>
    public required ulong StoredThroughMs { get; init; }

    /// <summary>Rows without a blob since this time count as delivered to all, ms of relay time.</summary>
    public required ulong HolesThroughMs { get; init; }
}
