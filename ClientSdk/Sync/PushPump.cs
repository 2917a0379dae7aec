using System.Collections.Concurrent;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Brings the outbox to one relay over its push stream: pipelined, in sequence order, at most 1024 unanswered. After a refusal it goes on
/// with a new stream from where the relay stands.
/// </summary>
internal sealed class PushPump(DeviceContext context, Outbox outbox, KeyUpdates updates, RelayLink link, AckedSaver saver, SessionCursors cursors)
{
    // Enough for a full pipe; what comes meanwhile goes with the next write.
    private const int FlushBytes = 256 << 10;

    private Sequence _acked;
    private SequenceLink _fromLink;
    // Nothing older is sent: the relay refused it.
    private KeyEpoch _floor;

    /// <summary>Runs until the session ends.</summary>
    /// <param name="from">What the relay has.</param>
    /// <param name="fromLink">The link of it, as the relay knows it.</param>
    public async Task RunAsync(Sequence from, SequenceLink fromLink, CancellationToken cancellationToken)
    {
        _acked = from;
        _fromLink = fromLink;
        Sequence? refusedAt = null;
        while (true)
        {
            Error refusal = await PushUntilRefusedAsync(cancellationToken).ConfigureAwait(false);
            PushVerdict verdict = PushRules.Judge(refusal.Reason);
            SyncErrorKind? failure = PushRules.Failure(refusal.Reason);
            Sequence? expected = refusal.Detail.Count > 0 && refusal.Detail[0] > 0 ? new Sequence(refusal.Detail[0]) : null;
            if (expected is { } next && next != _acked.Next)
            {
                // Every answered push is counted, so the relay expects something else only if it is not the one it was.
                verdict = PushVerdict.Stop;
                failure = SyncErrorKind.Forked;
                context.Events.Raise(SyncEventKind.DeviceForked, "The relay has blobs of this device that this device does not know: pushing stopped.");
            }

            // What is refused again before anything got through is not answered at once: a relay must not keep a device sending.
            TimeSpan pause = refusedAt == _acked ? PushRules.DefaultPause : TimeSpan.Zero;
            refusedAt = _acked;
            switch (verdict)
            {
                case PushVerdict.Stop:
                    context.Board.Update(facts => facts with { Failure = failure });
                    return;
                case PushVerdict.Void:
                    await ReplaceAsync(_acked.Next, refusal, cancellationToken).ConfigureAwait(false);
                    await PauseAsync(pause, cancellationToken).ConfigureAwait(false);
                    break;
                case PushVerdict.Reseal:
                    await RaiseFloorAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case PushVerdict.Wait:
                    context.Board.Update(facts => facts with { Failure = failure });
                    await PauseAsync(RelayErrors.RetryAfter(refusal.RetryAfterMs) ?? PushRules.DefaultPause, cancellationToken).ConfigureAwait(false);
                    context.Board.Update(facts => facts with { Failure = null });
                    break;
                default:
                    await PauseAsync(pause, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, context.Time, cancellationToken) : Task.CompletedTask;

    private async Task<Error> PushUntilRefusedAsync(CancellationToken cancellationToken)
    {
        SealedStream stream = await link.OpenStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var window = new SemaphoreSlim(Limits.PushesInFlight);
        var unanswered = new ConcurrentQueue<OutboxItem>();
        Task sending = SendAsync(stream, window, unanswered, stop.Token);
        try
        {
            return await ReceiveAsync(stream, window, unanswered, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(SealedStream stream, SemaphoreSlim window, ConcurrentQueue<OutboxItem> unanswered, CancellationToken cancellationToken)
    {
        Sequence sent = _acked;
        while (true)
        {
            Task added = outbox.Added.Next;
            Sequence after = sent;
            List<OutboxItem> items = await context.Store.RunAsync(
                transaction => OutboxReader.Read(transaction, context, link.Relay, after, _fromLink, _floor), cancellationToken).ConfigureAwait(false);
            if (items.Count == 0)
            {
                await added.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (OutboxItem item in items)
            {
                if (stream.PendingBytes >= FlushBytes || window.CurrentCount == 0)
                    await stream.FlushAsync(endStream: false, cancellationToken).ConfigureAwait(false);

                await window.WaitAsync(cancellationToken).ConfigureAwait(false);

                unanswered.Enqueue(item);
                stream.Append(new Push(item.BlobId, item.KeyEpoch, item.FirstSeq, item.SenderSeq, item.TtlSeconds, item.Envelope));
                sent = item.SenderSeq;
            }

            await stream.FlushAsync(endStream: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Error> ReceiveAsync(SealedStream stream, SemaphoreSlim window, ConcurrentQueue<OutboxItem> unanswered, CancellationToken cancellationToken)
    {
        while (await stream.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } answer)
        {
            if (MessageCodec.TryDecode(answer, out PushAck? ack) && unanswered.TryDequeue(out OutboxItem? item) && item.BlobId == ack.BlobId)
            {
                _acked = item.SenderSeq;
                window.Release();
                outbox.AtRelay(item.SenderSeq);
                saver.Save(link.Relay, item.SenderSeq);
                cursors.Own(ack.Cursor);
            }
            else
            {
                return MessageCodec.TryDecode(answer, out Error? error)
                    ? error
                    : throw new RelayProtocolException(CloseCode.None, "The relay answered a push with something else.");
            }
        }

        throw new RelayProtocolException(CloseCode.None, "The relay ended the push stream without a word.");
    }

    // The relay's epoch is another than that of what was sent: this device's own, where it has moved on since, or a later one.
    private async Task RaiseFloorAsync(CancellationToken cancellationToken)
    {
        if (context.Keyring.Current.Epoch == _floor)
        {
            AdoptionOutcome outcome = await updates.CatchUpAsync(link, cancellationToken).ConfigureAwait(false);
            if (AdoptionRules.Failure(outcome) is { } failure)
                throw failure;
        }

        if (context.Keyring.Current.Epoch == _floor)
            throw new SyncException(SyncErrorKind.OutOfStep, "The relay and this device are at different epochs of the group's key.", isTransient: true);

        _floor = context.Keyring.Current.Epoch;
    }

    private async Task ReplaceAsync(Sequence seq, Error refusal, CancellationToken cancellationToken)
    {
        SyncException why = RelayErrors.ToException(refusal);
        await context.Store.RunAsync(
            transaction =>
            {
                if (transaction.Outbox.Find(seq) is { } item)
                    VoidRuns.FindOrMake(transaction, context, link.Relay, seq, seq, item.Previous, item.Link);
            },
            cancellationToken).ConfigureAwait(false);
        outbox.Refused(seq, why);
        context.Events.Raise(SyncEventKind.PushRefused, "A blob was refused for good at the relay; it is kept on this device.", context.DeviceId, seq);
    }
}
