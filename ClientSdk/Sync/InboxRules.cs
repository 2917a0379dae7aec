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
    public static InboxDecision Decide(
        in PullEntry entry,
        OpenedBlob? opened,
        bool isDeletionProved,
        VersionVector vector,
        IReadOnlyList<(InboxState State, BlobId BlobId, long LocalSeq)> known,
        GroupId group)
    {
        if (opened is { } blob)
            return DecideOpened(entry, blob, vector, known, group);

        BlobId blobId = entry.BlobId;
        if (known.Any(row => row.BlobId == blobId))
            return new InboxDecision();

        if (isDeletionProved && entry.SenderSeq == vector[entry.SenderId].Sequence.Next)
        {
            SequenceLink link = SequenceLinks.Next(group, Ids(entry), vector[entry.SenderId].Link);
            return new InboxDecision { State = InboxState.Internal, Advance = new VectorEntry(entry.SenderSeq, link) };
        }

        return entry.State == PullEntryState.Blob
            ? new InboxDecision { State = InboxState.Quarantined, Report = SyncEventKind.Quarantined }
            : new InboxDecision { State = InboxState.Missing, Report = SyncEventKind.Missing };
    }

    private static InboxDecision DecideOpened(
        in PullEntry entry,
        OpenedBlob blob,
        VersionVector vector,
        IReadOnlyList<(InboxState State, BlobId BlobId, long LocalSeq)> known,
        GroupId group)
    {
        bool isForApp = blob.Type == BlobType.AppData;
        InboxState state = isForApp ? InboxState.Deliverable : InboxState.Internal;
        long replaces = 0;
        bool isFork = false;
        foreach ((InboxState knownState, BlobId knownBlob, long localSeq) in known)
        {
            bool isSame = knownBlob == entry.BlobId;
            if (isSame && knownState is (InboxState.Deliverable or InboxState.Internal))
                return new InboxDecision();

            // What was missing or did not open is here now.
            if (isSame)
                replaces = localSeq;
            else if (isForApp && knownState == InboxState.Deliverable)
                isFork = true;
            else if (!isForApp && knownState == InboxState.Deliverable)
                return new InboxDecision();
        }

        SequenceLink link = blob.Type == BlobType.Void && blob.Payload.Length == SequenceLink.Size
            ? SequenceLink.Read(blob.Payload.Span)
            : SequenceLinks.Next(group, Ids(entry), blob.Header.Previous);
        VectorOutcome outcome = vector.Judge(entry.SenderId, entry.FirstSeq, entry.SenderSeq, blob.Header.Previous);
        bool isBroken = outcome is VectorOutcome.Gap or VectorOutcome.LinkMismatch;
        return new InboxDecision
        {
            State = state,
            Replaces = replaces,
            Advance = outcome == VectorOutcome.Advanced ? new VectorEntry(entry.SenderSeq, link) : null,
            IsBroken = isBroken,
            Report = isFork ? SyncEventKind.ForkDetected : isBroken ? SyncEventKind.SequenceBroken : null,
        };
    }

    private static BlobIds Ids(in PullEntry entry) => new(entry.SenderId, entry.SenderSeq, entry.BlobId);
}
