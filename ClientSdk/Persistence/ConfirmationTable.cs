using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>How far the rotator of each epoch had each sender when it began it.</summary>
internal sealed class ConfirmationTable(ClientTransaction transaction)
{
    /// <summary>Whether the rotator's first blob of an epoch was met already.</summary>
    public bool IsHeard(KeyEpoch epoch) => transaction.Scalar(
        "SELECT 1 FROM confirmations WHERE epoch = $epoch AND device = $device", ("$epoch", (long)epoch.Value), ("$device", default(DeviceId).ToArray())) is not null;

    /// <summary>The highest sequence of a sender that a rotator of an epoch after its own had.</summary>
    public Sequence Confirmed(DeviceId sender, KeyEpoch blobEpoch) => new((ulong)(long)(transaction.Scalar(
        "SELECT COALESCE(MAX(sender_seq), 0) FROM confirmations WHERE device = $device AND epoch > $epoch",
        ("$device", sender.ToArray()),
        ("$epoch", (long)blobEpoch.Value)) ?? 0L));

    /// <summary>Keeps what a rotator had; nothing where its first blob says nothing of it.</summary>
    public void Save(KeyEpoch epoch, IEnumerable<KeyValuePair<DeviceId, VectorEntry>> entries)
    {
        Save(epoch, default, default);
        foreach ((DeviceId device, VectorEntry entry) in entries)
            Save(epoch, device, entry.Sequence);
    }

    private void Save(KeyEpoch epoch, DeviceId device, Sequence seq) => transaction.Execute(
        "INSERT OR REPLACE INTO confirmations (epoch, device, sender_seq) VALUES ($epoch, $device, $seq)",
        ("$epoch", (long)epoch.Value),
        ("$device", device.ToArray()),
        ("$seq", (long)seq.Value));
}
