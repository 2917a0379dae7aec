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
internal sealed class Inbox(DeviceContext context, InboxBounds bounds) : IDisposable
{
    // Rows read at a time when what is kept is looked at again, and bytes of them.
    private const int RetryCountMax = 256;
    private const long RetryBytesMax = 4 << 20;

    // A page and a second look at what is kept both move the vector.
    private readonly SemaphoreSlim _turn = new(1);
    private VersionVector _vector = new();
    private Dictionary<DeviceId, VectorClaim> _claims = [];

    /// <summary>Wakes when there is something new for the app.</summary>
    public Pulse Added { get; } = new();

    /// <summary>Wakes when what was quarantined was looked at again: there may be room.</summary>
    public Pulse Retried { get; } = new();

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        (_vector, _claims, int troubled) = await context.Store.RunAsync(
            transaction => (transaction.Vector.Load(), transaction.Claims.Load(), transaction.Inbox.CountTroubled()), cancellationToken).ConfigureAwait(false);
        context.Board.Update(facts => facts with { Troubled = troubled, Behind = _claims.Count });
    }

    /// <summary>What others' vectors say and is not here; a copy that nobody changes.</summary>
    public IReadOnlyDictionary<DeviceId, VectorClaim> Claims => Volatile.Read(ref _claims);

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

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var opened = new OpenedBlob?[page.Entries.Count];
            for (int i = 0; i < opened.Length; i++)
                opened[i] = TryOpen(page.Entries[i]);

            var changes = new InboxChanges(context, _vector.Copy(), new Dictionary<DeviceId, VectorClaim>(_claims));
            InboxTaken taken = await context.Store.RunAsync(
                transaction =>
                {
                    InboxTaken stored = Store(transaction, relay, page, opened, changes);
                    transaction.Relays.MoveCursor(relay, stored.Through);
                    changes.Troubled = transaction.Inbox.CountTroubled();
                    return stored;
                },
                cancellationToken).ConfigureAwait(false);
            Believe(changes, isSecondReading);
            if (changes.IsMoreConfirmed)
                await RetryAsync(sealedIn => sealedIn < context.Keyring.Current.Epoch, cancellationToken).ConfigureAwait(false);

            return taken;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks again at what is quarantined and was sealed in an epoch: what opens now is delivered, after what was there before.</summary>
    /// <param name="epoch">The one whose secret is new here.</param>
    public async Task RetryAsync(KeyEpoch epoch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RetryAsync(sealedIn => sealedIn == epoch, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task RetryAsync(Predicate<KeyEpoch?> isWorthIt, CancellationToken cancellationToken)
    {
        long after = 0;
        while (true)
        {
            List<InboxRow> rows = await context.Store.RunAsync(
                transaction => transaction.Inbox.ReadQuarantined(after, RetryCountMax, RetryBytesMax), cancellationToken).ConfigureAwait(false);
            if (rows.Count == 0)
                break;

            after = rows[^1].LocalSeq;
            await RetryAsync(rows.FindAll(row => isWorthIt(EpochOf(row))), cancellationToken).ConfigureAwait(false);
        }

        Retried.Fire();
    }

    private async Task RetryAsync(List<InboxRow> rows, CancellationToken cancellationToken)
    {
        (InboxRow Row, PullEntry Entry, OpenedBlob Blob)[] opened = [.. rows
            .Select(row => (Row: row, Entry: Entry(row)))
            .Select(row => (row.Row, row.Entry, Blob: TryOpen(row.Entry)))
            .Where(row => row.Blob is not null)
            .Select(row => (row.Row, row.Entry, row.Blob!.Value))];
        if (opened.Length == 0)
            return;

        var changes = new InboxChanges(context, _vector.Copy(), new Dictionary<DeviceId, VectorClaim>(_claims));
        await context.Store.RunAsync(
            transaction =>
            {
                foreach ((InboxRow row, PullEntry entry, OpenedBlob blob) in opened)
                {
                    InboxDecision decision = changes.Decide(transaction, entry, blob, isDeletionProved: false);
                    // Still not believed: it stays as it is. There already, by another way: the sealed one goes.
                    if (decision.Quarantine is not null)
                        continue;

                    if (decision.State is null)
                        transaction.Inbox.Remove(row.LocalSeq);

                    changes.Apply(transaction, row.Relay, entry, blob, decision);
                    changes.Rejoin(transaction, entry.SenderId);
                }

                changes.Troubled = transaction.Inbox.CountTroubled();
                changes.HasGapsNow = changes.IsAnythingAbove(transaction);
            },
            cancellationToken).ConfigureAwait(false);
        Believe(changes, isSecondReading: false);
    }

    // Only what the disk has is believed.
    private void Believe(InboxChanges changes, bool isSecondReading)
    {
        _vector = changes.Vector;
        Volatile.Write(ref _claims, changes.Claims);
        context.Board.Update(facts => facts with
        {
            Troubled = changes.Troubled,
            Behind = changes.Claims.Count,
            IsWithheld = facts.IsWithheld && changes.Claims.Count > 0,
            Failure = changes.IsForked ? SyncErrorKind.Forked : facts.Failure,
            HasGaps = (facts.HasGaps && changes.HasGapsNow) || (changes.IsBroken && isSecondReading),
        });
        foreach ((SyncEventKind kind, string sentence, PullEntry entry) in changes.Reports)
        {
            // A hole is looked at twice before it is called one.
            if (kind != SyncEventKind.SequenceBroken || isSecondReading)
                context.Events.Raise(kind, sentence, entry.SenderId, entry.SenderSeq, entry.BlobId, entry.Cursor);
        }

        Added.Fire();
        if (changes.IsVectorWork)
            context.VectorWork.Fire();
    }

    private InboxTaken Store(ClientTransaction transaction, RelayId relay, PullResponse page, OpenedBlob?[] opened, InboxChanges changes)
    {
        for (int i = 0; i < opened.Length; i++)
        {
            PullEntry entry = page.Entries[i];
            InboxDecision decision = changes.Decide(transaction, entry, opened[i], IsDeletionProved(entry));
            if (decision.State >= InboxState.Quarantined && !bounds.HasRoom(transaction.Inbox.Room(relay), entry.Envelope?.Length ?? 0))
                return new InboxTaken(new Cursor(entry.Cursor.Value - 1), changes.IsBroken, IsFull: true);

            changes.Apply(transaction, relay, entry, opened[i], decision);
        }

        return new InboxTaken(page.ThroughCursor, changes.IsBroken, IsFull: false);
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

    private bool IsDeletionProved(in PullEntry entry) =>
        entry.State == PullEntryState.Deleted
        && entry.Proof is { } proof
        && context.Keyring.TryGet(entry.KeyEpoch, out GroupKeys? keys)
        && DeleteProof.Verify(keys.AdmissionKey, proof.Span, context.GroupId, entry.KeyEpoch, entry.SenderId, entry.SenderSeq, entry.BlobId);

    private static KeyEpoch? EpochOf(InboxRow row) =>
        row.Envelope is { } envelope && EnvelopeHeader.TryRead(envelope.Span, out EnvelopeHeader header) ? header.KeyEpoch : null;

    private static PullEntry Entry(InboxRow row) => new(
        row.Cursor, PullEntryState.Blob, row.Sender, row.BlobId, EpochOf(row) ?? default, row.FirstSeq, row.SenderSeq, row.TimestampMs, row.Envelope, default(ReadOnlyMemory<byte>?));
}
