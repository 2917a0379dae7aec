using System.Collections.Immutable;

namespace ZeroKSync.Grains.Contracts;

/// <summary>An expected refusal, with the numbers the client needs to go on.</summary>
[GenerateSerializer]
[Alias("zks.Refusal")]
[Immutable]
public sealed record Refusal
{
    [Id(0)]
    public required RefusalReason Reason { get; init; }

    /// <summary>How long to wait, in milliseconds; null where waiting does not help.</summary>
    [Id(1)]
    public uint? RetryAfterMs { get; init; }

    /// <summary>At most four numbers, by reason; empty, never default.</summary>
    [Id(2)]
    public required ImmutableArray<ulong> Detail { get; init; }
}
