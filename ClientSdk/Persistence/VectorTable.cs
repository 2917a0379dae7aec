using Microsoft.Data.Sqlite;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>The version vector as stored.</summary>
internal sealed class VectorTable(ClientTransaction transaction)
{
    public VersionVector Load()
    {
        var vector = new VersionVector();
        using SqliteDataReader reader = transaction.Query("SELECT device, sender_seq, link FROM vector");
        while (reader.Read())
        {
            vector.Load(
                DeviceId.Read(reader.GetFieldValue<byte[]>(0)),
                new VectorEntry(new Sequence((ulong)reader.GetInt64(1)), SequenceLink.Read(reader.GetFieldValue<byte[]>(2))));
        }

        return vector;
    }

    public void Save(DeviceId device, VectorEntry entry) => transaction.Execute(
        "INSERT INTO vector (device, sender_seq, link) VALUES ($device, $seq, $link) ON CONFLICT (device) DO UPDATE SET sender_seq = excluded.sender_seq, link = excluded.link",
        ("$device", device.ToArray()),
        ("$seq", (long)entry.Sequence.Value),
        ("$link", entry.Link.ToArray()));
}
