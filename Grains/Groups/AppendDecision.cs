using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Grains.Groups;

/// <summary>What a batch of pushes leads to.</summary>
internal sealed record AppendDecision
{
    /// <summary>One for each entry answered with a receipt, in order.</summary>
    public required ImmutableArray<AppendStep> Steps { get; init; }

    /// <summary>What to store; null where every answered entry is a repeat.</summary>
    public LogAppend? Append { get; init; }

    /// <summary>Why the entry after the answered ones is refused; null where all are answered.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Bytes of the envelopes to store.</summary>
    public long Bytes { get; init; }
}
