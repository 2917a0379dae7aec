using System.Collections.Concurrent;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// This device's own blobs: takes them in (sequence, link and seal inside the transaction that stores them), and knows which are at a
/// relay. Sending them is the pump's.
/// </summary>
internal sealed class Outbox(DeviceContext context)
{
    /// <summary>Blobs that may wait for a relay.</summary>
    public const int WaitingMax = 100_000;

    private readonly ConcurrentDictionary<Sequence, TaskCompletionSource> _deliveries = [];
    private readonly Lock _gate = new();
    private Sequence _last;
    private Sequence _acked;

    /// <summary>Wakes when there is something new to send.</summary>
    public Pulse Added { get; } = new();

    /// <summary>Reads where the last run stopped.</summary>
    /// <param name="acked">What the first relay had acknowledged.</param>
    public async Task LoadAsync(Sequence acked, CancellationToken cancellationToken)
    {
        (Sequence last, _) = await context.Store.RunAsync(
            transaction =>
            {
                transaction.Settings.Vector ??= new VectorState(IsChanged: false, context.Time.GetUtcNow(), context.Keyring.Current.Epoch);
                return transaction.Outbox.Last();
            },
            cancellationToken).ConfigureAwait(false);
        Count(last, acked);
    }

    /// <summary>Stores a blob; durable when it completes.</summary>
    public async Task<PushReceipt> AddAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isFirstChange = false;
        OutboxItem item = await context.Store.RunAsync(
            transaction =>
            {
                OutboxItem added = Add(transaction, data.Span, delivered);
                isFirstChange = VectorMarks.MarkChanged(transaction);
                return added;
            },
            cancellationToken).ConfigureAwait(false);
        Count(item.SenderSeq, acked: null);
        Added.Fire();
        if (isFirstChange)
            context.VectorWork.Fire();

        return new PushReceipt(item.BlobId, item.SenderSeq, delivered.Task);
    }

    /// <summary>Says what this device has, where that is due; durable when it completes.</summary>
    public async Task AddVectorAsync(CancellationToken cancellationToken)
    {
        Sequence? added = await context.Store.RunAsync(
            transaction =>
            {
                DateTimeOffset now = context.Time.GetUtcNow();
                return transaction.Settings.Vector is { } state && VectorRules.SealDue(state, context.Keyring.Current.Epoch, now) <= now
                    ? AddVector(transaction).SenderSeq
                    : default(Sequence?);
            },
            cancellationToken).ConfigureAwait(false);
        if (added is { } last)
        {
            Count(last, acked: null);
            Added.Fire();
        }
    }

    /// <summary>Everything up to a sequence is on a relay's disk.</summary>
    public void AtRelay(Sequence through)
    {
        Sequence before = Count(last: null, through);
        if (_deliveries.IsEmpty)
            return;

        for (ulong seq = before.Value + 1; seq <= through.Value; seq++)
        {
            if (_deliveries.TryRemove(new Sequence(seq), out TaskCompletionSource? delivered))
                delivered.TrySetResult();
        }
    }

    /// <summary>What a relay says it has at the start of a session; less than was acknowledged means it is owed the rest again.</summary>
    public void Reset(Sequence acked)
    {
        AtRelay(acked);
        lock (_gate)
            _acked = acked;

        Publish();
    }

    /// <summary>A blob that a relay will never take.</summary>
    public void Refused(Sequence seq, SyncException why)
    {
        if (!_deliveries.TryRemove(seq, out TaskCompletionSource? delivered))
            return;

        delivered.TrySetException(why);
        // Nobody may be waiting: a refusal that is also an event needs no second observer.
        _ = delivered.Task.Exception;
    }

    /// <summary>The client closes: what waits goes at the next start.</summary>
    public void Close()
    {
        foreach (TaskCompletionSource delivered in _deliveries.Values)
            delivered.TrySetCanceled();
    }

    private OutboxItem Add(ClientTransaction transaction, ReadOnlySpan<byte> data, TaskCompletionSource delivered)
    {
        (Sequence last, _) = transaction.Outbox.Last();
        lock (_gate)
        {
            if (last.Value - Math.Min(_acked.Value, last.Value) >= WaitingMax)
                throw new SyncException(SyncErrorKind.OutboxFull, "Too much waits for the relay: connect first.", isTransient: true);
        }

        // The first blob under a new epoch says what this device had when it began: what older blobs are believed by.
        if (transaction.Settings.Vector is { } state && state.Epoch < context.Keyring.Current.Epoch)
            AddVector(transaction);

        OutboxItem item = Append(transaction, BlobType.AppData, data);
        // Before the pump can see it, so that no acknowledgement comes too early. A rolled-back sequence is given out again and overwrites this.
        _deliveries[item.SenderSeq] = delivered;
        return item;
    }

    private OutboxItem AddVector(ClientTransaction transaction)
    {
        (Sequence last, SequenceLink link) = transaction.Outbox.Last();
        VersionVector vector = transaction.Vector.Load();
        vector.Load(context.DeviceId, new VectorEntry(last, link));
        OutboxItem item = Append(transaction, BlobType.Vector, VectorBlob.Encode(vector.Entries));
        transaction.Settings.Vector = new VectorState(IsChanged: false, context.Time.GetUtcNow(), item.KeyEpoch);
        // What the others will believe by this device's first vector of an epoch it began, it believes itself.
        if (context.Rotations.IsRotator(context.DeviceId, item.KeyEpoch) && !transaction.Confirmations.IsHeard(item.KeyEpoch))
            transaction.Confirmations.Save(item.KeyEpoch, vector.Entries);

        return item;
    }

    private OutboxItem Append(ClientTransaction transaction, BlobType type, ReadOnlySpan<byte> payload)
    {
        (Sequence last, SequenceLink link) = transaction.Outbox.Last();
        Span<byte> random = stackalloc byte[BlobId.Size];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        var ids = new BlobIds(context.DeviceId, last.Next, BlobId.Read(random));
        byte[] envelope = context.Sealer.Seal(ids, ids.SenderSeq, link, type, payload);
        var item = new OutboxItem
        {
            FirstSeq = ids.SenderSeq,
            SenderSeq = ids.SenderSeq,
            BlobId = ids.BlobId,
            KeyEpoch = OutboxItem.EpochOf(envelope),
            Previous = link,
            Link = SequenceLinks.Next(context.GroupId, ids, link),
            TtlSeconds = 0,
            Envelope = envelope,
        };
        transaction.Outbox.Append(item, context.Time.GetUtcNow().ToUnixTimeMilliseconds());
        return item;
    }

    private Sequence Count(Sequence? last, Sequence? acked)
    {
        Sequence before;
        lock (_gate)
        {
            before = _acked;
            _last = last > _last ? last.Value : _last;
            _acked = acked > _acked ? acked.Value : _acked;
        }

        Publish();
        return before;
    }

    private void Publish()
    {
        int pending;
        lock (_gate)
            pending = (int)Math.Min(_last.Value - Math.Min(_acked.Value, _last.Value), int.MaxValue);

        context.Board.Update(facts => facts with { Pending = pending });
    }
}
