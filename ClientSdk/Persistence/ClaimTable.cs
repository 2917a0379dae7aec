using Microsoft.Data.Sqlite;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>What other devices' vectors say of a sender, and is not here.</summary>
internal sealed class ClaimTable(ClientTransaction transaction)
{
    public Dictionary<DeviceId, VectorClaim> Load()
    {
        var claims = new Dictionary<DeviceId, VectorClaim>();
        using SqliteDataReader reader = transaction.Query("SELECT device, first_seq, first_ms, last_seq, last_ms FROM claims");
        while (reader.Read())
        {
            claims.Add(DeviceId.Read(reader.GetFieldValue<byte[]>(0)), new VectorClaim(
                new Sequence((ulong)reader.GetInt64(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                new Sequence((ulong)reader.GetInt64(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4))));
        }

        return claims;
    }

    /// <summary>Keeps what is claimed of a sender; null forgets it.</summary>
    public void Save(DeviceId device, VectorClaim? claim)
    {
        if (claim is not { } open)
        {
            transaction.Execute("DELETE FROM claims WHERE device = $device", ("$device", device.ToArray()));
            return;
        }

        transaction.Execute(
            "INSERT OR REPLACE INTO claims (device, first_seq, first_ms, last_seq, last_ms) VALUES ($device, $first, $firstMs, $last, $lastMs)",
            ("$device", device.ToArray()),
            ("$first", (long)open.First.Value),
            ("$firstMs", open.FirstAt.ToUnixTimeMilliseconds()),
            ("$last", (long)open.Last.Value),
            ("$lastMs", open.LastAt.ToUnixTimeMilliseconds()));
    }
}
