using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>A device of a group, as stored. Revoked ones stay: their ids are refused for good.</summary>
public sealed record StoredDevice
{
    public required DeviceId Device { get; init; }

    public required ReadOnlyMemory<byte> Card { get; init; }

    public required Cursor Acked { get; init; }

    /// <summary>Last sequence accepted from it; 0 before the first.</summary>
    public Sequence LastSeq { get; init; }

    /// <summary>Link of that row; zeros before the first.</summary>
    public SequenceLink LastLink { get; init; }

    public required ulong FirstSeenMs { get; init; }

    public required ulong LastSeenMs { get; init; }

    public RevocationReason? Revoked { get; init; }

    /// <summary>The last rows accepted from it, oldest first, at least <see cref="Limits.SenderRing"/> where there are that many.</summary>
    public ImmutableArray<RingEntry> Ring { get; init; } = [];
}
