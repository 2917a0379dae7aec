using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What to send to a relay after a sequence: the stored blobs, with void runs in the place of those it will not get.</summary>
internal static class OutboxReader
{
    private const int CountMax = 256;
    private const long BytesMax = 1 << 20;

    /// <param name="welcomed">The relay's own link of what it had at the start: where neither journal nor runs know the real one.</param>
    /// <param name="floor">What was sealed under an earlier epoch is sealed once more: this relay has refused that epoch and has none of it.</param>
    /// <exception cref="SyncException">A stored blob no longer opens.</exception>
    public static List<OutboxItem> Read(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence after, SequenceLink welcomed, KeyEpoch floor)
    {
        List<OutboxItem> items = Read(transaction, context, relay, after, welcomed);
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].KeyEpoch < floor)
                items[i] = Reseal(transaction, context, relay, items[i]);
        }

        return items;
    }

    private static OutboxItem Reseal(ClientTransaction transaction, DeviceContext context, RelayId relay, OutboxItem item)
    {
        var ids = new BlobIds(context.DeviceId, item.SenderSeq, item.BlobId);
        if (!context.Sealer.TryReseal(ids, item.Envelope.Span, out byte[]? envelope))
            throw new SyncException(SyncErrorKind.LocalStore, "A blob of this device no longer opens here: its storage is damaged.");

        OutboxItem again = item with { KeyEpoch = OutboxItem.EpochOf(envelope), Envelope = envelope };
        if (transaction.Voids.Find(relay, item.FirstSeq) is { } run && run.BlobId == item.BlobId)
            transaction.Voids.Reseal(relay, again);
        else
            transaction.Outbox.Reseal(again);

        return again;
    }

    private static List<OutboxItem> Read(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence after, SequenceLink welcomed)
    {
        // A blob that was refused for good has a run of its own at its place.
        if (transaction.Voids.Find(relay, after.Next) is { } replaced)
            return [replaced];

        List<OutboxItem> items = transaction.Outbox.ReadAfter(after, CountMax, BytesMax);
        if (items.Count > 0 && items[0].FirstSeq > after.Next)
        {
            var lastMissing = new Sequence(items[0].FirstSeq.Value - 1);
            SequenceLink previous = VoidRuns.RealLink(transaction, context, relay, after) ?? welcomed;
            return [VoidRuns.FindOrMake(transaction, context, relay, after.Next, lastMissing, previous, items[0].Previous)];
        }

        for (int i = 1; i < items.Count; i++)
        {
            if (transaction.Voids.Find(relay, items[i].FirstSeq) is not null)
            {
                items.RemoveRange(i, items.Count - i);
                break;
            }
        }

        return items;
    }
}
