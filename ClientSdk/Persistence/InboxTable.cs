using Microsoft.Data.Sqlite;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>What came from the other devices.</summary>
internal sealed class InboxTable(ClientTransaction transaction)
{
    private const string Columns = "local_seq, state, type, relay_id, cursor, sender, first_seq, sender_seq, blob_id, timestamp_ms, envelope, unconfirmed";

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
        INSERT INTO inbox (state, type, relay_id, cursor, sender, first_seq, sender_seq, blob_id, timestamp_ms, envelope, unconfirmed)
        VALUES ($state, $type, $relay, $cursor, $sender, $first, $seq, $blob, $time, $envelope, $unconfirmed)
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
        ("$envelope", row.Envelope?.ToArray()),
        ("$unconfirmed", row.Unconfirmed));

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
    public List<InboxRow> ReadDeliverable(long after, int countMax, long bytesMax) => Read(
        $"SELECT {Columns} FROM inbox WHERE local_seq > $after AND state = 0 ORDER BY local_seq LIMIT $max",
        bytesMax,
        ("$after", after),
        ("$max", (long)countMax));

    /// <summary>Quarantined rows after a place, in order, within the bounds; at least one if there is one.</summary>
    public List<InboxRow> ReadQuarantined(long after, int countMax, long bytesMax) => Read(
        $"SELECT {Columns} FROM inbox WHERE local_seq > $after AND state = 2 ORDER BY local_seq LIMIT $max",
        bytesMax,
        ("$after", after),
        ("$max", (long)countMax));

    /// <summary>Authentic rows of a sender above a sequence, by sequence, within the bounds.</summary>
    public List<InboxRow> ReadAbove(DeviceId sender, Sequence seq, int countMax, long bytesMax) => Read(
        $"SELECT {Columns} FROM inbox WHERE sender = $sender AND sender_seq > $seq AND state < 2 ORDER BY sender_seq LIMIT $max",
        bytesMax,
        ("$sender", sender.ToArray()),
        ("$seq", (long)seq.Value),
        ("$max", (long)countMax));

    /// <summary>
    /// Whether what is not here of a sender is accounted for: a blob above it came, so that a hole is seen, or the relay names the next one as
    /// missing or shows what does not open in its place.
    /// </summary>
    /// <param name="next">The first that is not here.</param>
    /// <param name="claimed">What another device says was sent.</param>
    public bool IsAccountedFor(DeviceId sender, Sequence next, Sequence claimed) => transaction.Scalar(
        """
        SELECT 1 FROM inbox WHERE sender = $sender AND
            ((state < 2 AND sender_seq >= $claimed) OR (state >= 2 AND sender_seq >= $next AND first_seq <= $next)) LIMIT 1
        """,
        ("$sender", sender.ToArray()),
        ("$claimed", (long)claimed.Value),
        ("$next", (long)next.Value)) is not null;

    /// <summary>Whether an authentic row stands above what is known of its sender without a gap. Looks at the whole inbox.</summary>
    public bool IsAnythingAboveTheVector() => transaction.Scalar(
        "SELECT 1 FROM inbox WHERE state < 2 AND sender_seq > COALESCE((SELECT sender_seq FROM vector WHERE device = inbox.sender), 0) LIMIT 1") is not null;

    /// <summary>
    /// Takes the mark off a sender's blobs of epochs before one, up to a sequence. One of two blobs on one sequence keeps it: which of them is
    /// meant is not known.
    /// </summary>
    public void Confirm(DeviceId sender, Sequence through, KeyEpoch before) => transaction.Execute(
        """
        UPDATE inbox SET unconfirmed = 0
        WHERE unconfirmed > 0 AND unconfirmed <= $epoch AND sender = $sender AND sender_seq <= $through AND
            (SELECT COUNT(*) FROM inbox AS twin WHERE twin.sender = $sender AND twin.sender_seq = inbox.sender_seq AND twin.state < 2 AND twin.type <> 1) <= 1
        """,
        ("$epoch", (long)before.Value),
        ("$sender", sender.ToArray()),
        ("$through", (long)through.Value));

    /// <summary>Rows that are quarantined or missing.</summary>
    public int CountTroubled() => (int)(long)(transaction.Scalar("SELECT COUNT(*) FROM inbox WHERE state >= 2") ?? 0L);

    private List<InboxRow> Read(string query, long bytesMax, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var rows = new List<InboxRow>();
        long bytes = 0;
        using SqliteDataReader reader = transaction.Query(query, values);
        while (bytes < bytesMax && reader.Read())
        {
            byte[]? envelope = reader.IsDBNull(10) ? null : reader.GetFieldValue<byte[]>(10);
            bytes += envelope?.Length ?? 0;
            rows.Add(new InboxRow
            {
                LocalSeq = reader.GetInt64(0),
                State = (InboxState)reader.GetInt64(1),
                Type = reader.IsDBNull(2) ? null : (BlobType)reader.GetInt64(2),
                Relay = RelayId.Read(reader.GetFieldValue<byte[]>(3)),
                Cursor = new Cursor((ulong)reader.GetInt64(4)),
                Sender = DeviceId.Read(reader.GetFieldValue<byte[]>(5)),
                FirstSeq = new Sequence((ulong)reader.GetInt64(6)),
                SenderSeq = new Sequence((ulong)reader.GetInt64(7)),
                BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(8)),
                TimestampMs = (ulong)reader.GetInt64(9),
                Envelope = envelope,
                Unconfirmed = reader.GetInt64(11),
            });
        }

        return rows;
    }
}
