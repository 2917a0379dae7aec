using Microsoft.Data.Sqlite;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>What came from the other devices.</summary>
internal sealed class InboxTable(ClientTransaction transaction)
{
    // Asked for each row that is kept; counted once, and again after a rollback.
    private readonly Dictionary<RelayId, InboxRoom> _rooms = [];

    public void Forget() => _rooms.Clear();

    public void Append(InboxRow row)
    {
        if (row.State >= InboxState.Quarantined)
        {
            InboxRoom used = Room(row.Relay);
            _rooms[row.Relay] = new InboxRoom(used.Rows + 1, used.Bytes + (row.Envelope?.Length ?? 0));
        }

        Insert(row);
    }

    /// <summary>What is kept of a relay's rows that are quarantined or missing.</summary>
    public InboxRoom Room(RelayId relay)
    {
        if (_rooms.TryGetValue(relay, out InboxRoom known))
            return known;

        using SqliteDataReader reader = transaction.Query(
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(envelope)), 0) FROM inbox WHERE state >= 2 AND relay_id = $relay", ("$relay", relay.ToArray()));
        reader.Read();
        var counted = new InboxRoom((int)reader.GetInt64(0), reader.GetInt64(1));
        _rooms[relay] = counted;
        return counted;
    }

    private void Insert(InboxRow row) => transaction.Execute(
        """
        INSERT INTO inbox (state, type, relay_id, cursor, sender, first_seq, sender_seq, blob_id, timestamp_ms, envelope)
        VALUES ($state, $type, $relay, $cursor, $sender, $first, $seq, $blob, $time, $envelope)
        """,
        ("$state", (long)row.State),
        ("$type", (long?)row.Type),
        ("$relay", row.Relay.ToArray()),
        ("$cursor", (long)row.Cursor.Value),
        ("$sender", row.Sender.ToArray()),
        ("$first", (long)row.FirstSeq.Value),
        ("$seq", (long)row.SenderSeq.Value),
        ("$blob", row.BlobId.ToArray()),
        ("$time", (long)Math.Min(row.TimestampMs, long.MaxValue)),
        ("$envelope", row.Envelope?.ToArray()));

    /// <summary>What is known of a sender's sequence: the authentic rows that end there, and those of this blob that are not.</summary>
    public List<KnownRow> Find(DeviceId sender, Sequence seq, BlobId blob)
    {
        var found = new List<KnownRow>();
        using SqliteDataReader reader = transaction.Query(
            """
            SELECT state, type, blob_id, local_seq FROM inbox WHERE sender = $sender AND sender_seq = $seq AND state < 2
            UNION ALL
            SELECT state, type, blob_id, local_seq FROM inbox WHERE sender = $sender AND sender_seq = $seq AND state IN (2, 3) AND blob_id = $blob
            """,
            ("$sender", sender.ToArray()),
            ("$seq", (long)seq.Value),
            ("$blob", blob.ToArray()));
        while (reader.Read())
        {
            found.Add(new KnownRow(
                (InboxState)reader.GetInt64(0),
                reader.IsDBNull(1) ? null : (BlobType)reader.GetInt64(1),
                BlobId.Read(reader.GetFieldValue<byte[]>(2)),
                reader.GetInt64(3)));
        }

        return found;
    }

    /// <summary>Removes a row that a better one replaces: an authentic one in place of one that was missing or did not open.</summary>
    public void Remove(long localSeq)
    {
        transaction.Execute("DELETE FROM inbox WHERE local_seq = $seq AND state >= 1", ("$seq", localSeq));
        _rooms.Clear();
    }

    /// <summary>Rows for the app after a place, in order, within the bounds; at least one if there is one.</summary>
    public List<InboxRow> ReadDeliverable(long after, int countMax, long bytesMax)
    {
        var rows = new List<InboxRow>();
        long bytes = 0;
        using SqliteDataReader reader = transaction.Query(
            "SELECT local_seq, relay_id, cursor, sender, first_seq, sender_seq, blob_id, timestamp_ms, envelope FROM inbox WHERE local_seq > $after AND state = 0 ORDER BY local_seq LIMIT $max",
            ("$after", after),
            ("$max", (long)countMax));
        while (bytes < bytesMax && reader.Read())
        {
            byte[] envelope = reader.GetFieldValue<byte[]>(8);
            bytes += envelope.Length;
            rows.Add(new InboxRow
            {
                LocalSeq = reader.GetInt64(0),
                State = InboxState.Deliverable,
                Relay = RelayId.Read(reader.GetFieldValue<byte[]>(1)),
                Cursor = new Cursor((ulong)reader.GetInt64(2)),
                Sender = DeviceId.Read(reader.GetFieldValue<byte[]>(3)),
                FirstSeq = new Sequence((ulong)reader.GetInt64(4)),
                SenderSeq = new Sequence((ulong)reader.GetInt64(5)),
                BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(6)),
                TimestampMs = (ulong)reader.GetInt64(7),
                Envelope = envelope,
            });
        }

        return rows;
    }

    /// <summary>Rows that are quarantined or missing.</summary>
    public int CountTroubled() => (int)(long)(transaction.Scalar("SELECT COUNT(*) FROM inbox WHERE state >= 2") ?? 0L);
}
