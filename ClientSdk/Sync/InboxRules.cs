using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// What a row from the relay is worth: delivered, kept as missing or quarantined, or known already; and whether the sender's chain goes on.
/// Nothing is left out in silence.
/// </summary>
internal static class InboxRules
{
    /// <param name="entry">The row.</param>
    /// <param name="opened">What it holds; null where it does not open or is not there.</param>
    /// <param name="isDeletionProved">For a deleted row: whether its sender's proof verifies.</param>
    /// <param name="vector">What is known of the senders.</param>
    /// <param name="known">Rows that end at the same sequence of the same sender.</param>
    /// <param name="group">The group, for links.</param>
    /// <param name="isEpochKnown">Whether this device has the secret of an epoch.</param>
    public static InboxDecision Decide(
        in PullEntry entry,
        OpenedBlob? opened,
        bool isDeletionProved,
        VersionVector vector,
        IReadOnlyList<KnownRow> known,
        GroupId group,
        Func<KeyEpoch, bool> isEpochKnown)
    {
        if (opened is { } blob)
            return QuarantineRules.OfOpened(entry, blob) is { } wrong ? Quarantine(entry, wrong, known) : DecideOpened(entry, blob, vector, known, group);
        if (entry.State == PullEntryState.Blob)
            return Quarantine(entry, QuarantineRules.OfSealed(entry, isEpochKnown), known);
        if (isDeletionProved && entry.FirstSeq == entry.SenderSeq && entry.SenderSeq == vector[entry.SenderId].Sequence.Next)
            return DecideDeleted(entry, vector, known, group);

        return IsKnown(entry, known) ? new InboxDecision() : new InboxDecision { State = InboxState.Missing, Report = SyncEventKind.Missing };
    }

    /// <summary>The link that a sender's next blob names: the blob's own, or what a void says it is.</summary>
    public static SequenceLink LinkOf(in BlobIds ids, OpenedBlob blob, GroupId group) =>
        blob.Type == BlobType.Void ? SequenceLink.Read(blob.Payload.Span) : SequenceLinks.Next(group, ids, blob.Header.Previous);

    private static InboxDecision Quarantine(in PullEntry entry, QuarantineReason reason, IReadOnlyList<KnownRow> known) =>
        IsKnown(entry, known) ? new InboxDecision() : new InboxDecision { State = InboxState.Quarantined, Quarantine = reason, Report = SyncEventKind.Quarantined };

    // A deletion that was missing below a hole counts once the hole is filled, whether its row came before or not.
    private static InboxDecision DecideDeleted(in PullEntry entry, VersionVector vector, IReadOnlyList<KnownRow> known, GroupId group)
    {
        BlobId blobId = entry.BlobId;
        KnownRow same = known.FirstOrDefault(row => row.BlobId == blobId);
        bool isSettled = same.LocalSeq != 0 && same.State is InboxState.Deliverable or InboxState.Internal;
        SequenceLink link = SequenceLinks.Next(group, Ids(entry), vector[entry.SenderId].Link);
        return new InboxDecision
        {
            State = isSettled ? null : InboxState.Internal,
            Replaces = isSettled ? 0 : same.LocalSeq,
            Advance = new VectorEntry(entry.SenderSeq, link),
        };
    }

    private static InboxDecision DecideOpened(
        in PullEntry entry,
        OpenedBlob blob,
        VersionVector vector,
        IReadOnlyList<KnownRow> known,
        GroupId group)
    {
        bool isForApp = blob.Type == BlobType.AppData;
        bool isThere = false;
        long replaces = 0;
        bool isFork = false;
        foreach (KnownRow row in known)
        {
            bool isSame = row.BlobId == entry.BlobId;
            if (isSame && row.State is (InboxState.Deliverable or InboxState.Internal))
                isThere = true;
            // What was missing or did not open is here now.
            else if (isSame)
                replaces = row.LocalSeq;
            else if (blob.Type != BlobType.Void && row.IsRealBlob)
                isFork = true;
        }

        // A real blob replaces a void at its place, never the reverse; it is there, and is no fork.
        bool isSuperseded = blob.Type == BlobType.Void && known.Any(row => row.IsRealBlob);
        SequenceLink link = LinkOf(Ids(entry), blob, group);
        // Known rows too: what stood above a hole joins once the hole is filled.
        VectorOutcome outcome = vector.Judge(entry.SenderId, entry.FirstSeq, entry.SenderSeq, blob.Header.Previous);
        bool isBroken = outcome is VectorOutcome.Gap or VectorOutcome.LinkMismatch;
        return new InboxDecision
        {
            State = isThere || isSuperseded ? null : isForApp ? InboxState.Deliverable : InboxState.Internal,
            Type = blob.Type,
            Replaces = isThere ? 0 : replaces,
            Advance = outcome == VectorOutcome.Advanced ? new VectorEntry(entry.SenderSeq, link) : null,
            IsBroken = isBroken,
            Report = isFork && !isThere ? SyncEventKind.ForkDetected : isBroken ? SyncEventKind.SequenceBroken : null,
        };
    }

    private static bool IsKnown(in PullEntry entry, IReadOnlyList<KnownRow> known)
    {
        BlobId blobId = entry.BlobId;
        return known.Any(row => row.BlobId == blobId);
    }

    private static BlobIds Ids(in PullEntry entry) => new(entry.SenderId, entry.SenderSeq, entry.BlobId);
}
