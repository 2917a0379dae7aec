using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What to send to a relay after a sequence: the stored blobs, with void runs in the place of those it will not get.</summary>
internal static class OutboxReader
{
    private const int CountMax = 256;
    private const long BytesMax = 1 << 20;

    /// <param name="welcomed">The relay's own link of what it had at the start: where neither journal nor runs know the real one.</param>
    public static List<OutboxItem> Read(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence after, SequenceLink welcomed)
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
