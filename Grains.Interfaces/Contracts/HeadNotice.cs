using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>The head moved; several moves are told as one.</summary>
[GenerateSerializer]
[Alias("zks.HeadNotice")]
[Immutable]
public sealed record HeadNotice
{
    [Id(0)]
    public required Cursor HeadCursor { get; init; }

    /// <summary>Blobs since the last notice.</summary>
    [Id(1)]
    public required uint Count { get; init; }

    /// <summary>Their envelopes' bytes, saturating.</summary>
    [Id(2)]
    public required uint SizeBytes { get; init; }
}
