using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>One row that was ever stored; its cursor is its place in the list, counted from 1.</summary>
internal sealed class ModelRow
{
    public required DeviceId Sender { get; init; }

    public required AppendEntry Entry { get; set; }

    public required ulong StoredMs { get; init; }

    public required ulong ExpiresMs { get; init; }

    /// <summary>Since when it has no blob any more; null while it has one.</summary>
    public ulong? FreedMs { get; set; }

    /// <summary>Its blob was found damaged, and nobody has brought it back.</summary>
    public bool IsCorrupt { get; set; }

    /// <summary>Its sender took the blob back.</summary>
    public bool IsDeleted { get; set; }
}
