using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>A group's row with what belongs to it.</summary>
public sealed record StoredGroup
{
    public required GroupId Group { get; init; }

    /// <summary>Counts writes; what fences a stale activation.</summary>
    public required long Version { get; init; }

    public required RelayEpoch RelayEpoch { get; init; }

    public required AdmissionKey OriginKey { get; init; }

    /// <summary>Rotation statements since epoch 0, oldest first.</summary>
    public required ImmutableArray<ChainStatement> Chain { get; init; }

    /// <summary>First row stored; head + 1 when nothing is.</summary>
    public required Cursor Oldest { get; init; }

    public required Cursor Head { get; init; }

    /// <summary>Bytes of all envelopes stored.</summary>
    public required long BytesUsed { get; init; }

    public required ImmutableArray<StoredDevice> Devices { get; init; }

    /// <summary>One statement an epoch.</summary>
    public KeyEpoch KeyEpoch => new((uint)Chain.Length);
}
