using Microsoft.Data.Sqlite;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>Secrets of older epochs, sealed under newer ones.</summary>
internal sealed class KeptSecretTable(ClientTransaction transaction)
{
    /// <summary>Newest first.</summary>
    public List<(KeyEpoch Epoch, KeyEpoch Under, byte[] Kept)> List()
    {
        var kept = new List<(KeyEpoch, KeyEpoch, byte[])>();
        using SqliteDataReader reader = transaction.Query("SELECT epoch, under, kept FROM kept_secrets ORDER BY epoch DESC");
        while (reader.Read())
            kept.Add((new KeyEpoch((uint)reader.GetInt64(0)), new KeyEpoch((uint)reader.GetInt64(1)), reader.GetFieldValue<byte[]>(2)));

        return kept;
    }

    public void Save(KeyEpoch epoch, KeyEpoch under, byte[] kept) => transaction.Execute(
        "INSERT INTO kept_secrets (epoch, under, kept) VALUES ($epoch, $under, $kept) ON CONFLICT (epoch) DO UPDATE SET under = excluded.under, kept = excluded.kept",
        ("$epoch", (long)epoch.Value),
        ("$under", (long)under.Value),
        ("$kept", kept));
}
