using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What a row of a page leads to.</summary>
internal sealed record InboxDecision
{
    /// <summary>How it is kept; null where it is there already.</summary>
    public InboxState? State { get; init; }

    /// <summary>What it is, where it is authentic and believed.</summary>
    public BlobType? Type { get; init; }

    /// <summary>The sender's vector entry afterwards; null leaves it.</summary>
    public VectorEntry? Advance { get; init; }

    /// <summary>The row it replaces; 0 for none.</summary>
    public long Replaces { get; init; }

    /// <summary>Why it is quarantined; null where it is not.</summary>
    public QuarantineReason? Quarantine { get; init; }

    /// <summary>The mark of a blob of an older epoch that nothing confirms yet: its epoch + 1; else 0.</summary>
    public long Unconfirmed { get; init; }

    /// <summary>What to report; null for nothing.</summary>
    public SyncEventKind? Report { get; init; }

    /// <summary>A hole below it, or links that do not join.</summary>
    public bool IsBroken { get; init; }
}
