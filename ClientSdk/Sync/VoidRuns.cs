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
    /// <summary>The stored run that begins at <paramref name="first"/>, or a new one up to <paramref name="last"/>.</summary>
    /// <param name="previous">The real link of first - 1.</param>
    /// <param name="link">The real link of last.</param>
    public static OutboxItem FindOrMake(ClientTransaction transaction, DeviceContext context, RelayId relay, Sequence first, Sequence last, SequenceLink previous, SequenceLink link)
    {
        if (transaction.Voids.Find(relay, first) is { } stored)
            return stored;

        var ids = new BlobIds(context.DeviceId, last, BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)));
        var run = new OutboxItem
        {
            FirstSeq = first,
            SenderSeq = last,
            BlobId = ids.BlobId,
            KeyEpoch = context.Keyring.Current.Epoch,
            Previous = previous,
            Link = SequenceLinks.Next(context.GroupId, ids, previous),
            TtlSeconds = 0,
            Envelope = context.Sealer.Seal(ids, first, previous, BlobType.Void, link.ToArray()),
        };
        transaction.Voids.Add(relay, run);
        return run;
    }
}
