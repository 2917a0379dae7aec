using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Takes pages in: what they hold, the relay's position and the vector in one transaction. One page at a time. Handing over to the app is
/// the reader's.
/// </summary>
internal sealed class Inbox(DeviceContext context, InboxBounds bounds)
{
    private VersionVector _vector = new();

    /// <summary>Wakes when there is something new for the app.</summary>
    public Pulse Added { get; } = new();

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        (_vector, int troubled) = await context.Store.RunAsync(
            transaction => (transaction.Vector.Load(), transaction.Inbox.CountTroubled()), cancellationToken).ConfigureAwait(false);
        context.Board.Update(facts => facts with { Troubled = troubled });
    }

    /// <summary>Stores a page; everything of it is durable when it completes.</summary>
    /// <param name="relay">Whose page.</param>
    /// <param name="after">Where it was asked from.</param>
    /// <param name="page">Its envelopes are copied.</param>
    /// <param name="isSecondReading">Whether what is broken was read from the start once already and is to be reported.</param>
    /// <returns>How far it was taken: not to its end where the room for what does not open is full.</returns>
    /// <exception cref="RelayProtocolException">It is no page that an honest relay sends; nothing of it was taken.</exception>
    public async Task<InboxTaken> TakeAsync(RelayId relay, Cursor after, PullResponse page, bool isSecondReading, CancellationToken cancellationToken)
    {
        if (PageRules.Violation(page, after, context.DeviceId) is { } violation)
            throw new RelayProtocolException(CloseCode.None, violation);

        var opened = new OpenedBlob?[page.Entries.Count];
        for (int i = 0; i < opened.Length; i++)
            opened[i] = TryOpen(page.Entries[i]);

        VersionVector vector = _vector.Copy();
        var reports = new List<(SyncEventKind Kind, string Sentence, PullEntry Entry)>();
        (InboxTaken taken, int troubled) = await context.Store.RunAsync(
            transaction =>
            {
                InboxTaken stored = Store(transaction, relay, page, opened, vector, reports);
                transaction.Relays.MoveCursor(relay, stored.Through);
                return (stored, transaction.Inbox.CountTroubled());
            },
            cancellationToken).ConfigureAwait(false);

        // Only what the disk has is believed.
        _vector = vector;
        context.Board.Update(facts => facts with { Troubled = troubled, HasGaps = facts.HasGaps || (taken.IsBroken && isSecondReading) });
        foreach ((SyncEventKind kind, string sentence, PullEntry entry) in reports)
        {
            // A hole is looked at twice before it is called one.
            if (kind != SyncEventKind.SequenceBroken || isSecondReading)
                context.Events.Raise(kind, sentence, entry.SenderId, entry.SenderSeq, entry.BlobId, entry.Cursor);
        }

        Added.Fire();
        return taken;
    }

    private OpenedBlob? TryOpen(in PullEntry entry)
    {
        return entry.State == PullEntryState.Blob
            && entry.Envelope is { } envelope
            && context.Sealer.TryOpen(new BlobIds(entry.SenderId, entry.SenderSeq, entry.BlobId), envelope.Span, out OpenedBlob opened)
            && opened.Header.FirstSeq == entry.FirstSeq
            ? opened
            : null;
    }

    private InboxTaken Store(ClientTransaction transaction, RelayId relay, PullResponse page, OpenedBlob?[] opened, VersionVector vector, List<(SyncEventKind Kind, string Sentence, PullEntry Entry)> reports)
    {
        bool isBroken = false;
        for (int i = 0; i < opened.Length; i++)
        {
            PullEntry entry = page.Entries[i];
            InboxDecision decision = InboxRules.Decide(
                entry,
                opened[i],
                IsDeletionProved(entry),
                vector,
                transaction.Inbox.Find(entry.SenderId, entry.SenderSeq, entry.BlobId),
                context.GroupId,
                epoch => context.Keyring.TryGet(epoch, out _));
            if (decision.State >= InboxState.Quarantined && !bounds.HasRoom(transaction.Inbox.Room(relay), entry.Envelope?.Length ?? 0))
                return new InboxTaken(new Cursor(entry.Cursor.Value - 1), isBroken, IsFull: true);

            if (decision.Report is { } report)
                reports.Add((report, decision.Quarantine is { } reason ? QuarantineRules.Sentence(reason) : Sentence(report), entry));

            isBroken |= decision.IsBroken;
            if (decision.Replaces != 0)
                transaction.Inbox.Remove(decision.Replaces);

            if (decision.State is { } state)
                transaction.Inbox.Append(Row(relay, entry, state, decision.Type));

            if (decision.Advance is { } advance)
            {
                vector.Load(entry.SenderId, advance);
                transaction.Vector.Save(entry.SenderId, advance);
            }
        }

        return new InboxTaken(page.ThroughCursor, isBroken, IsFull: false);
    }

    private bool IsDeletionProved(in PullEntry entry) =>
        entry.State == PullEntryState.Deleted
        && entry.Proof is { } proof
        && context.Keyring.TryGet(entry.KeyEpoch, out GroupKeys? keys)
        && DeleteProof.Verify(keys.AdmissionKey, proof.Span, context.GroupId, entry.KeyEpoch, entry.SenderId, entry.SenderSeq, entry.BlobId);

    private static InboxRow Row(RelayId relay, in PullEntry entry, InboxState state, BlobType? type) => new()
    {
        State = state,
        Type = type,
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
