using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>
/// Keeps the group record of a device: the newest secret in its file, the older ones in the database, each sealed under the next. Saved in
/// this order, a crash in between leaves the old record whole.
/// </summary>
internal sealed class GroupKeeper(ClientStore store, DataDirectory directory)
{
    /// <summary>The group this device is in, with every secret that is kept, or null.</summary>
    public async Task<GroupRecord?> LoadAsync(CancellationToken cancellationToken)
    {
        if (directory.LoadGroup() is not { } record)
            return null;

        List<(KeyEpoch Epoch, KeyEpoch Under, byte[] Kept)> kept = await store.RunAsync(transaction => transaction.KeptSecrets.List(), cancellationToken).ConfigureAwait(false);
        return record.WithOlder(Open(record, kept));
    }

    /// <summary>Keeps the record; on disk when it completes.</summary>
    public async Task SaveAsync(GroupRecord record, CancellationToken cancellationToken)
    {
        List<(KeyEpoch Epoch, KeyEpoch Under, byte[] Kept)> kept = [];
        for (int i = 1; i < record.Secrets.Count; i++)
        {
            using var newer = new GroupKeys(record.Secrets[i].Epoch, record.Secrets[i].Secret);
            kept.Add((record.Secrets[i - 1].Epoch, newer.Epoch, KeptSecret.Seal(record.GroupId, newer, record.Secrets[i - 1].Epoch, record.Secrets[i - 1].Secret)));
        }

        await store.RunAsync(
            transaction =>
            {
                foreach ((KeyEpoch epoch, KeyEpoch under, byte[] bytes) in kept)
                    transaction.KeptSecrets.Save(epoch, under, bytes);
            },
            cancellationToken).ConfigureAwait(false);
        directory.SaveGroup(record);
    }

    // What a file of an earlier version holds beside its newest is older than nothing that is kept, so both orders meet in the middle.
    private static List<EpochSecret> Open(GroupRecord record, List<(KeyEpoch Epoch, KeyEpoch Under, byte[] Kept)> kept)
    {
        var known = record.Secrets.ToDictionary(secret => secret.Epoch, secret => secret.Secret);
        var older = new List<EpochSecret>();
        foreach ((KeyEpoch epoch, KeyEpoch under, byte[] bytes) in kept)
        {
            if (epoch >= record.Secrets[0].Epoch || !known.TryGetValue(under, out SecretBytes? opening))
                continue;

            using var newer = new GroupKeys(under, opening);
            if (!KeptSecret.TryOpen(record.GroupId, newer, epoch, bytes, out SecretBytes? secret))
                continue;

            known.Add(epoch, secret);
            older.Insert(0, new EpochSecret(epoch, secret));
        }

        return older;
    }
}
