using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Grains.Groups;

/// <summary>What a ROTATE_KEY leads to.</summary>
internal sealed record RotationDecision
{
    public Refusal? Refusal { get; init; }

    /// <summary>The write, where it is not refused.</summary>
    public GroupWrite? Write { get; init; }

    /// <summary>The statement is in the chain already: the write only adds its wraps, if they are not there.</summary>
    public bool IsKnown { get; init; }

    public static RotationDecision Refused(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Refusal = Refusals.Of(reason, detail) };
}
