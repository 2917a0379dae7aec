using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>One device the group knows.</summary>
internal sealed class ModelDevice
{
    public required DeviceId Id { get; init; }

    public ulong Acked { get; set; }

    public ulong LastSeq { get; set; }

    public RevocationReason? Revoked { get; set; }

    /// <summary>Cursor by the sequence that the row ends with.</summary>
    public SortedList<ulong, ulong> Accepted { get; } = [];
}
