namespace ZeroKSync.Grains.Storage;

/// <summary>
/// A step through all groups that trims what may go without anybody asking: delivered prefixes of groups that are idle, and rows without a
/// blob whose retention is over.
/// </summary>
public sealed record SweepRequest
{
    /// <summary>What the last step returned; 0 begins.</summary>
    public required long After { get; init; }

    /// <summary>Groups to look at, at least 1.</summary>
    public required int GroupsMax { get; init; }

    /// <summary>Rows to trim in one transaction, 1 to <see cref="TrimRequest.RowsMax"/>.</summary>
    public required int RowsMax { get; init; }

    /// <summary>Only delivered rows stored at or before this time go, ms of relay time.</summary>
    public required ulong StoredThroughMs { get; init; }

    /// <summary>Rows without a blob since this time count as delivered to all, ms of relay time.</summary>
    public required ulong HolesThroughMs { get; init; }
}
