using Microsoft.Data.Sqlite;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>What came from the other devices.</summary>
internal sealed class InboxTable(ClientTransaction transaction)
{
    public void Append(InboxRow row) => transaction.Execute(
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

    /// <summary>What is known of a sender's sequence: the rows that end there.</summary>
    public List<KnownRow> Find(DeviceId sender, Sequence seq)
    {
        var found = new List<KnownRow>();
        using SqliteDataReader reader = transaction.Query(
            "SELECT state, type, blob_id, local_seq FROM inbox WHERE sender = $sender AND sender_seq = $seq",
            ("$sender", sender.ToArray()),
            ("$seq", (long)seq.Value));
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
    public void Remove(long localSeq) => transaction.Execute("DELETE FROM inbox WHERE local_seq = $seq AND state >= 1", ("$seq", localSeq));

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
