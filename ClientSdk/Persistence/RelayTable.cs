using Microsoft.Data.Sqlite;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>The group's relays, and where this device stands with each.</summary>
internal sealed class RelayTable(ClientTransaction transaction)
{
    public List<RelayAddress> List()
    {
        var relays = new List<RelayAddress>();
        using SqliteDataReader reader = transaction.Query("SELECT address, relay_id FROM relays ORDER BY position");
        while (reader.Read())
        {
            if (RelayAddress.TryParse(reader.GetString(0), RelayId.Read(reader.GetFieldValue<byte[]>(1)), out RelayAddress? address))
                relays.Add(address);
        }

        return relays;
    }

    public void Replace(IReadOnlyList<RelayAddress> relays)
    {
        transaction.Execute("DELETE FROM relays");
        for (int i = 0; i < relays.Count; i++)
        {
            transaction.Execute(
                "INSERT INTO relays (position, address, relay_id) VALUES ($position, $address, $id)",
                ("$position", (long)i),
                ("$address", relays[i].HostAndPort),
                ("$id", relays[i].RelayId.ToArray()));
        }
    }

    public RelayState? Find(RelayId relay)
    {
        using SqliteDataReader reader = transaction.Query("SELECT relay_epoch, cursor, acked_seq FROM relay_states WHERE relay_id = $id", ("$id", relay.ToArray()));
        return reader.Read()
            ? new RelayState(RelayEpoch.Read(reader.GetFieldValue<byte[]>(0)), new Cursor((ulong)reader.GetInt64(1)), new Sequence((ulong)reader.GetInt64(2)))
            : null;
    }

    public void Save(RelayId relay, RelayState state) => transaction.Execute(
        """
        INSERT INTO relay_states (relay_id, relay_epoch, cursor, acked_seq) VALUES ($id, $epoch, $cursor, $acked)
        ON CONFLICT (relay_id) DO UPDATE SET relay_epoch = excluded.relay_epoch, cursor = excluded.cursor, acked_seq = excluded.acked_seq
        """,
        ("$id", relay.ToArray()),
        ("$epoch", state.RelayEpoch.ToArray()),
        ("$cursor", (long)state.Cursor.Value),
        ("$acked", (long)state.AckedSeq.Value));

    /// <summary>Moves the position; it never goes back by this.</summary>
    public void MoveCursor(RelayId relay, Cursor cursor) =>
        transaction.Execute("UPDATE relay_states SET cursor = MAX(cursor, $cursor) WHERE relay_id = $id", ("$id", relay.ToArray()), ("$cursor", (long)cursor.Value));

    /// <summary>Moves what is on the relay's disk; it never goes back by this.</summary>
    public void MoveAcked(RelayId relay, Sequence acked) =>
        transaction.Execute("UPDATE relay_states SET acked_seq = MAX(acked_seq, $acked) WHERE relay_id = $id", ("$id", relay.ToArray()), ("$acked", (long)acked.Value));
}
