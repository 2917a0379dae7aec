using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>When a device says what it has, and what it makes of what the others say (docs/CRYPTOGRAPHY.md, Vectors).</summary>
internal static class VectorRules
{
    /// <summary>Between two vectors of one device: its cost is a blob, and what it bounds is the time a relay can hide something.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>How long a device may be behind a received vector before the relay is said to keep something back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>When the next vector is to be sealed; null while there is nothing new to say.</summary>
    /// <param name="state">Of the last one.</param>
    /// <param name="epoch">The group's: the first blob under a new one is a vector, whatever the clock says.</param>
    /// <param name="now">This device's clock; one that went back does not keep a vector waiting.</param>
    public static DateTimeOffset? SealDue(in VectorState state, KeyEpoch epoch, DateTimeOffset now) =>
        state.Epoch < epoch ? now
        : !state.IsChanged ? null
        : state.SealedAt > now ? now
        : state.SealedAt + Interval;

    /// <summary>What is claimed of a sender after one more vector.</summary>
    /// <param name="known">What was claimed before.</param>
    /// <param name="claimed">What the vector says of it.</param>
    /// <param name="own">What this device has of it without a gap.</param>
    public static VectorClaim? Merge(VectorClaim? known, Sequence claimed, Sequence own, DateTimeOffset now)
    {
        VectorClaim? open = Settle(known, own);
        if (claimed <= own)
            return open;

        return open is not { } before ? new VectorClaim(claimed, now, claimed, now)
            : claimed > before.Last ? before with { Last = claimed, LastAt = now }
            : claimed < before.First ? before with { First = claimed, FirstAt = now < before.FirstAt ? now : before.FirstAt }
            : before;
    }

    /// <summary>What of a claim is still open.</summary>
    public static VectorClaim? Settle(VectorClaim? known, Sequence own) =>
        known is not { } claim || own >= claim.Last ? null
        : own >= claim.First ? claim with { First = claim.Last, FirstAt = claim.LastAt }
        : claim;

    /// <summary>When a claim that stays open means that the relay keeps something back; at once where the clock went back meanwhile.</summary>
    public static DateTimeOffset WithheldAt(in VectorClaim claim, DateTimeOffset now) => claim.FirstAt > now ? now : claim.FirstAt + Patience;
}
