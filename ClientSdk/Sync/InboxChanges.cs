using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>What one transaction does to the inbox: rows, a copy of the vector, and what is to be reported. Nothing of it counts before the commit.</summary>
internal sealed class InboxChanges(DeviceContext context, VersionVector vector, Dictionary<DeviceId, VectorClaim> claims)
{
    // Rows of a sender read at a time, and bytes of them, when what stands above a filled hole is joined.
    private const int RejoinCountMax = 128;
    private const long RejoinBytesMax = 4 << 20;

    public VersionVector Vector => vector;

    /// <summary>What others' vectors say and is not here.</summary>
    public Dictionary<DeviceId, VectorClaim> Claims => claims;

    /// <summary>Something was heard of, settled, or is new to be told of.</summary>
    public bool IsVectorWork { get; private set; }

    /// <summary>Another device knows blobs of this one that this one does not.</summary>
    public bool IsForked { get; private set; }

    public List<(SyncEventKind Kind, string Sentence, PullEntry Entry)> Reports { get; } = [];

    /// <summary>A hole below a row, or links that do not join.</summary>
    public bool IsBroken { get; private set; }

    public int Troubled { get; set; }

    /// <summary>Whether a gap that was reported can still be there; only a second look at what is kept finds out that it is not.</summary>
    public bool HasGapsNow { get; set; } = true;

    /// <summary>A rotator said what it had: what was quarantined for want of that can be looked at again.</summary>
    public bool IsMoreConfirmed { get; private set; }

    public InboxDecision Decide(ClientTransaction transaction, in PullEntry entry, OpenedBlob? opened, bool isDeletionProved)
    {
        InboxDecision decision = InboxRules.Decide(
            entry,
            opened,
            isDeletionProved,
            vector,
            transaction.Inbox.Find(entry.SenderId, entry.SenderSeq, entry.BlobId),
            context.GroupId,
            epoch => context.Keyring.TryGet(epoch, out _));
        KeyEpoch current = context.Keyring.Current.Epoch;
        if (opened is not { Header.KeyEpoch: var epoch } || epoch >= current || decision.State is not (InboxState.Deliverable or InboxState.Internal))
            return decision;

        Sequence confirmed = transaction.Confirmations.Confirmed(entry.SenderId, epoch);
        bool isRevoked = context.Rotations.IsRevokedAfter(entry.SenderId, epoch);
        return ConfirmationRules.Apply(decision, ConfirmationRules.Judge(epoch, current, entry.SenderSeq, confirmed, isRevoked), epoch);
    }

    public void Apply(ClientTransaction transaction, RelayId relay, in PullEntry entry, OpenedBlob? opened, InboxDecision decision)
    {
        if (decision.Report is { } report)
            Reports.Add((report, decision.Quarantine is { } reason ? QuarantineRules.Sentence(reason) : Sentence(report), entry));

        IsBroken |= decision.IsBroken;
        if (decision.Replaces != 0)
            transaction.Inbox.Remove(decision.Replaces);

        if (decision.State is { } state)
            transaction.Inbox.Append(Row(relay, entry, state, decision));

        if (decision.Advance is { } advance)
        {
            Advance(transaction, entry.SenderId, advance);
            if (opened is { } blob)
                Confirm(transaction, entry, blob);

            IsVectorWork |= decision.Type != BlobType.Vector && VectorMarks.MarkChanged(transaction);
        }

        if (decision is { Type: BlobType.Vector, State: InboxState.Internal } && VectorBlob.TryDecode(opened!.Value.Payload, out KeyValuePair<DeviceId, VectorEntry>[]? said))
            Hear(transaction, entry, said);
    }

    /// <summary>Goes on over the rows of a sender that stood above a hole.</summary>
    public void Rejoin(ClientTransaction transaction, DeviceId sender)
    {
        bool hasMoved = true;
        while (hasMoved)
        {
            hasMoved = false;
            foreach (InboxRow row in transaction.Inbox.ReadAbove(sender, vector[sender].Sequence, RejoinCountMax, RejoinBytesMax))
            {
                var ids = new BlobIds(row.Sender, row.SenderSeq, row.BlobId);
                if (row.Envelope is not { } envelope || !context.Sealer.TryOpen(ids, envelope.Span, out OpenedBlob blob))
                    continue;

                VectorOutcome outcome = vector.Judge(sender, row.FirstSeq, row.SenderSeq, blob.Header.Previous);
                if (outcome == VectorOutcome.Gap)
                    return;

                if (outcome != VectorOutcome.Advanced)
                    continue;

                Advance(transaction, sender, new VectorEntry(row.SenderSeq, InboxRules.LinkOf(ids, blob, context.GroupId)));
                IsVectorWork |= blob.Type != BlobType.Vector && VectorMarks.MarkChanged(transaction);
                hasMoved = true;
            }
        }
    }

    /// <summary>Whether an authentic row stands above what is known of its sender without a gap.</summary>
    public bool IsAnythingAbove(ClientTransaction transaction) => transaction.Inbox.IsAnythingAboveTheVector();

    private void Advance(ClientTransaction transaction, DeviceId sender, VectorEntry entry)
    {
        vector.Load(sender, entry);
        transaction.Vector.Save(sender, entry);
        if (claims.TryGetValue(sender, out VectorClaim claim))
            Claim(transaction, sender, VectorRules.Settle(claim, entry.Sequence));
    }

    // A sender that goes on under a later key links past what it sent under earlier ones; a rotator's first blob says what it had of all.
    private void Confirm(ClientTransaction transaction, in PullEntry entry, OpenedBlob blob)
    {
        KeyEpoch epoch = blob.Header.KeyEpoch;
        if (epoch.Value == 0)
            return;

        transaction.Inbox.Confirm(entry.SenderId, entry.SenderSeq, epoch);
        if (!context.Rotations.IsRotator(entry.SenderId, epoch) || transaction.Confirmations.IsHeard(epoch))
            return;

        KeyValuePair<DeviceId, VectorEntry>[]? had = null;
        if (blob.Type == BlobType.Vector)
            VectorBlob.TryDecode(blob.Payload, out had);

        transaction.Confirmations.Save(epoch, had ?? []);
        foreach ((DeviceId sender, VectorEntry known) in had ?? [])
            transaction.Inbox.Confirm(sender, known.Sequence, epoch);

        IsMoreConfirmed = had is not null;
    }

    private void Hear(ClientTransaction transaction, in PullEntry entry, KeyValuePair<DeviceId, VectorEntry>[] said)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        foreach ((DeviceId sender, VectorEntry claimed) in said)
        {
            if (sender == context.DeviceId)
            {
                HearOfSelf(transaction, entry, claimed);
                continue;
            }

            VectorEntry own = vector[sender];
            if (own.Sequence == claimed.Sequence && own.Link != claimed.Link)
                Reports.Add((SyncEventKind.ForkDetected, "Two devices have different blobs under one number of a third.", entry));

            VectorClaim? known = claims.TryGetValue(sender, out VectorClaim before) ? before : null;
            VectorClaim? open = VectorRules.Merge(known, claimed.Sequence, own.Sequence, now);
            if (open != known && (known is not null || claims.Count < VersionVector.MaxSenders))
                Claim(transaction, sender, open);
        }
    }

    // What a peer has of this device and this device has not itself: one of two that share an identity.
    private void HearOfSelf(ClientTransaction transaction, in PullEntry entry, VectorEntry claimed)
    {
        (Sequence last, _) = transaction.Outbox.Last();
        if (claimed.Sequence <= last && (transaction.Outbox.Find(claimed.Sequence) is not { } item || item.Link == claimed.Link))
            return;

        IsForked = true;
        Reports.Add((SyncEventKind.DeviceForked, "Another device has blobs of this device that this device does not know.", entry));
    }

    private void Claim(ClientTransaction transaction, DeviceId sender, VectorClaim? claim)
    {
        IsVectorWork = true;
        transaction.Claims.Save(sender, claim);
        if (claim is { } open)
            claims[sender] = open;
        else
            claims.Remove(sender);
    }

    private static InboxRow Row(RelayId relay, in PullEntry entry, InboxState state, InboxDecision decision) => new()
    {
        State = state,
        Type = decision.Type,
        Unconfirmed = decision.Unconfirmed,
        Relay = relay,
        Cursor = entry.Cursor,
        Sender = entry.SenderId,
        FirstSeq = entry.FirstSeq,
        SenderSeq = entry.SenderSeq,
        BlobId = entry.BlobId,
        TimestampMs = entry.TimestampMs,
        Envelope = entry.Envelope,
    };

    private static string Sentence(SyncEventKind kind) => kind switch
    {
        SyncEventKind.Missing => "A blob is no longer whole at the relay: it was deleted, has expired or is damaged.",
        SyncEventKind.ForkDetected => "A device used one number for two blobs; both are kept.",
        _ => "Something is missing below a blob of another device, or its blobs do not join.",
    };
}
