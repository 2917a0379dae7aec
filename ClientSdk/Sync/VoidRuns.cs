using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// What stands for sequences that a relay will not get from this device: sealed like a blob, its payload the real link of the last, so
/// that readers' chains go on. Made once, stored before it is sent, resent unchanged.
/// </summary>
internal static class VoidRuns
{
    /// <summary>
    /// The link that readers have of a sequence: that of the blob, whatever stands for it at a relay. A run's own row has another, which only
    /// the relay counts with.
    /// </summary>
    /// <returns>Null where this device no longer knows.</returns>
    public static SequenceLink? RealLink(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence seq)
    {
        if (seq.Value == 0)
            return default(SequenceLink);
        if (transaction.Outbox.Find(seq) is { } item)
            return item.Link;

        return transaction.Voids.FindByLast(relay, seq) is { } run
            && context.Sealer.TryOpen(new BlobIds(context.DeviceId, run.SenderSeq, run.BlobId), run.Envelope.Span, out OpenedBlob opened)
            && opened.Type == BlobType.Void
            ? SequenceLink.Read(opened.Payload.Span)
            : null;
    }

    /// <summary>The stored run that begins at <paramref name="first"/>, or a new one up to <paramref name="last"/>.</summary>
    /// <param name="previous">The real link of first - 1.</param>
    /// <param name="link">The real link of last.</param>
    public static OutboxItem FindOrMake(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence first, Sequence last, SequenceLink previous, SequenceLink link)
    {
        if (transaction.Voids.Find(relay, first) is { } stored)
            return stored;

        var ids = new BlobIds(context.DeviceId, last, BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)));
        byte[] envelope = context.Sealer.Seal(ids, first, previous, BlobType.Void, link.ToArray());
        var run = new OutboxItem
        {
            FirstSeq = first,
            SenderSeq = last,
            BlobId = ids.BlobId,
            KeyEpoch = OutboxItem.EpochOf(envelope),
            Previous = previous,
            Link = SequenceLinks.Next(context.GroupId, ids, previous),
            TtlSeconds = 0,
            Envelope = envelope,
        };
        transaction.Voids.Add(relay, run);
        return run;
    }
}
