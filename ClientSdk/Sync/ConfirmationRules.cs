using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>Which blobs of an older epoch are believed after a rotation (docs/CRYPTOGRAPHY.md, Rotations).</summary>
internal static class ConfirmationRules
{
    /// <param name="blob">The epoch it is sealed in.</param>
    /// <param name="current">This device's.</param>
    /// <param name="seq">Its place.</param>
    /// <param name="confirmed">How far a rotator of a later epoch had its sender when it began it; 0 where none is known to.</param>
    /// <param name="isRevoked">Whether its sender was revoked in a later epoch.</param>
    public static Confirmation Judge(KeyEpoch blob, KeyEpoch current, Sequence seq, Sequence confirmed, bool isRevoked) =>
        blob >= current || seq <= confirmed ? Confirmation.Confirmed
        : isRevoked ? Confirmation.Refused
        : Confirmation.Unconfirmed;

    /// <summary>What a row leads to once that is known.</summary>
    /// <param name="decision">For an authentic blob that is new here.</param>
    /// <param name="epoch">The one it is sealed in.</param>
    public static InboxDecision Apply(InboxDecision decision, Confirmation confirmation, KeyEpoch epoch) => confirmation switch
    {
        Confirmation.Confirmed => decision,
        Confirmation.Unconfirmed => decision with { Unconfirmed = epoch.Value + 1L },
        // Quarantined before, it stays as it is.
        _ when decision.Replaces != 0 => new InboxDecision { Quarantine = QuarantineReason.Unconfirmed },
        _ => new InboxDecision { State = InboxState.Quarantined, Quarantine = QuarantineReason.Unconfirmed, Report = SyncEventKind.Quarantined },
    };
}
