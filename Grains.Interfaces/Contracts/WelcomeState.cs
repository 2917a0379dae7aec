using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Where group and device stand.</summary>
[GenerateSerializer]
[Alias("zks.WelcomeState")]
[Immutable]
public sealed record WelcomeState
{
    [Id(0)]
    public required RelayEpoch RelayEpoch { get; init; }

    [Id(1)]
    public required KeyEpoch GroupKeyEpoch { get; init; }

    /// <summary>Zeros before the first rotation.</summary>
    [Id(2)]
    public required StatementHash LastStatement { get; init; }

    /// <summary>head + 1 when nothing is stored.</summary>
    [Id(3)]
    public required Cursor OldestCursor { get; init; }

    [Id(4)]
    public required Cursor HeadCursor { get; init; }

    /// <summary>What this device has acknowledged; 0 after a change of relay epoch.</summary>
    [Id(5)]
    public required Cursor AckedCursor { get; init; }

    /// <summary>Blobs of others above the acknowledged cursor.</summary>
    [Id(6)]
    public required uint Pending { get; init; }

    /// <summary>The last sequence of this device that the relay holds.</summary>
    [Id(7)]
    public required Sequence LastSeq { get; init; }

    /// <summary>The link of that sequence.</summary>
    [Id(8)]
    public required SequenceLink LastLink { get; init; }

    [Id(9)]
    public required uint BlobBytesMax { get; init; }

    [Id(10)]
    public required ulong GroupBytesMax { get; init; }

    [Id(11)]
    public required ulong GroupBytesUsed { get; init; }

    [Id(12)]
    public required uint PageBytesMax { get; init; }
}
