using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// Which pushes are stored. A sender's sequences are gapless: an entry is the next one, or a repeat of a remembered one, or refused;
/// after the first refused entry nothing of the batch is looked at.
/// </summary>
internal static class AppendRules
{
    /// <param name="isRoomMade">Everything that may go has gone: what does not fit now is refused. Before that, storage makes the room.</param>
    public static AppendDecision Decide(GroupState state, AppendBatch batch, GroupOptions options, ulong nowMs, bool isRoomMade = false)
    {
        if (state.Find(batch.Sender) is not { } sender)
            return Refused(RefusalReason.NotAdmitted);

        if (sender.IsRevoked)
            return Refused(RefusalReason.DeviceRevoked);

        if (batch.Entries.Length > GrainLimits.AppendEntriesMax)
            return Refused(RefusalReason.InvalidMessage);

        var steps = ImmutableArray.CreateBuilder<AppendStep>(batch.Entries.Length);
        var stored = ImmutableArray.CreateBuilder<LogEntry>(batch.Entries.Length);
        Refusal? refusal = null;
        Sequence last = sender.LastSeq;
        long bytes = 0;
        foreach (AppendEntry entry in batch.Entries)
        {
            // The repeat is looked up before anything else: it was accepted once, whatever holds now.
            if (FindRepeat(sender, stored, entry) is { } repeat)
            {
                steps.Add(repeat);
                continue;
            }

            refusal = Check(state, entry, last, options, isRoomMade ? bytes : null);
            if (refusal is not null)
                break;

            steps.Add(new AppendStep(stored.Count, default, IsDuplicate: false));
            stored.Add(new LogEntry(entry.BlobId, entry.KeyEpoch, entry.FirstSeq, entry.SenderSeq, ExpiresMs(entry, options, nowMs), entry.Envelope));
            bytes += entry.Envelope.Length;
            last = entry.SenderSeq;
        }

        return new AppendDecision
        {
            Steps = steps.DrainToImmutable(),
            Refusal = refusal,
            Bytes = bytes,
            Append = stored.Count == 0 ? null : new LogAppend
            {
                Group = state.Group,
                ExpectedVersion = state.Version,
                Sender = batch.Sender,
                LastLink = LinkOf(state.Group, batch.Sender, stored[^1]),
                TimestampMs = nowMs,
                BytesMax = options.GroupBytesMax,
                // Room for a push goes before retention: delivered rows are trimmed whatever their age.
                MakeRoom = DeliveryRules.Delivered(state, changed: null, TimeSpan.Zero, options.HoleRetention, nowMs),
                Entries = stored.DrainToImmutable(),
            },
        };
    }

    /// <summary>The receipts once the rows are stored; <paramref name="written"/> is null where there was nothing to store.</summary>
    public static ImmutableArray<AppendReceipt> Receipts(AppendDecision decision, LogWritten? written)
    {
        ulong before = written is null ? 0 : written.Head.Value - (ulong)decision.Append!.Entries.Length;
        var receipts = ImmutableArray.CreateBuilder<AppendReceipt>(decision.Steps.Length);
        foreach (AppendStep step in decision.Steps)
        {
            receipts.Add(step.StoredIndex == AppendStep.NotStored ? step.Known : new AppendReceipt
            {
                Cursor = new Cursor(before + 1 + (ulong)step.StoredIndex),
                TimestampMs = decision.Append!.TimestampMs,
                Duplicate = step.IsDuplicate,
            });
        }

        return receipts.MoveToImmutable();
    }

    private static AppendDecision Refused(RefusalReason reason) => new() { Steps = [], Refusal = Refusals.Of(reason) };

    private static AppendStep? FindRepeat(DeviceState sender, ImmutableArray<LogEntry>.Builder stored, AppendEntry entry)
    {
        if (entry.SenderSeq > sender.LastSeq)
        {
            for (int i = 0; i < stored.Count && entry.SenderSeq <= stored[^1].SenderSeq; i++)
            {
                if (stored[i].SenderSeq == entry.SenderSeq && stored[i].BlobId == entry.BlobId)
                    return new AppendStep(i, default, IsDuplicate: true);
            }

            return null;
        }

        return sender.TryFind(entry.SenderSeq, entry.BlobId, out RingEntry found)
            ? new AppendStep(AppendStep.NotStored, new AppendReceipt { Cursor = found.Cursor, TimestampMs = found.TimestampMs, Duplicate = true }, IsDuplicate: true)
            : null;
    }

    private static Refusal? Check(GroupState state, AppendEntry entry, Sequence last, GroupOptions options, long? bytes)
    {
        if (!EnvelopeHeader.TryRead(entry.Envelope.Span, out EnvelopeHeader header)
            || header.KeyEpoch != entry.KeyEpoch
            || header.FirstSeq != entry.FirstSeq
            || entry.FirstSeq.Value == 0
            || entry.SenderSeq < entry.FirstSeq
            || entry.SenderSeq.Value > long.MaxValue)
        {
            return Refusals.Of(RefusalReason.InvalidMessage);
        }

        if (entry.FirstSeq != last.Next)
            return Refusals.Of(RefusalReason.OutOfSequence, last.Next.Value);

        if (entry.KeyEpoch != state.KeyEpoch)
            return Refusals.Of(RefusalReason.StaleKeyEpoch, last.Next.Value, state.KeyEpoch.Value);

        if (entry.Envelope.Length > options.BlobBytesMax)
            return Refusals.Of(RefusalReason.BlobTooLarge, last.Next.Value, (ulong)options.BlobBytesMax);

        return bytes is { } before && state.BytesUsed + before + entry.Envelope.Length > options.GroupBytesMax
            ? Refusals.Of(RefusalReason.GroupQuotaExceeded, last.Next.Value, (ulong)(state.BytesUsed + before), (ulong)options.GroupBytesMax)
            : null;
    }

    private static ulong ExpiresMs(AppendEntry entry, GroupOptions options, ulong nowMs)
    {
        double seconds = entry.TtlSeconds == 0 ? options.TtlDefault.TotalSeconds : Math.Min(entry.TtlSeconds, options.TtlMax.TotalSeconds);
        return nowMs + (ulong)(seconds * 1000);
    }

    private static SequenceLink LinkOf(GroupId group, DeviceId sender, LogEntry entry) =>
        EnvelopeHeader.TryRead(entry.Envelope.Span, out EnvelopeHeader header)
            ? SequenceLinks.Next(group, sender, entry.SenderSeq, entry.BlobId, header.Previous)
            : throw new InvalidOperationException("Only an entry with a header is stored.");
}
