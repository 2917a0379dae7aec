using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What to send to a relay after a sequence: the stored blobs, with void runs in the place of those it will not get.</summary>
internal static class OutboxReader
{
    private const int CountMax = 256;
    private const long BytesMax = 1 << 20;

    /// <param name="previous">The link of <paramref name="after"/> as the relay knows it; used where the journal begins later.</param>
    public static List<OutboxItem> Read(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence after, SequenceLink previous)
    {
        // A blob that was refused for good has a run of its own at its place.
        if (transaction.Voids.Find(relay, after.Next) is { } replaced)
            return [replaced];

        List<OutboxItem> items = transaction.Outbox.ReadAfter(after, CountMax, BytesMax);
        if (items.Count > 0 && items[0].FirstSeq > after.Next)
        {
            var lastMissing = new Sequence(items[0].FirstSeq.Value - 1);
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
