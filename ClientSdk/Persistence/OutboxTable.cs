using Microsoft.Data.Sqlite;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>Own blobs by sequence: gapless, sealed once, kept after they are acknowledged as the journal a relay can be refilled from.</summary>
internal sealed class OutboxTable(ClientTransaction transaction)
{
    private const string Columns = "sender_seq, blob_id, key_epoch, previous, link, ttl_s, envelope";

    // The tail decides the next sequence; remembered, because every push asks for it.
    private (Sequence Seq, SequenceLink Link)? _last;

    public void Forget() => _last = null;

    /// <summary>The last sequence this device used and its link; 0 and zeros before the first.</summary>
    public (Sequence Seq, SequenceLink Link) Last()
    {
        if (_last is { } known)
            return known;

        using SqliteDataReader reader = transaction.Query("SELECT sender_seq, link FROM outbox ORDER BY sender_seq DESC LIMIT 1");
        (Sequence, SequenceLink) last = reader.Read()
            ? (new Sequence((ulong)reader.GetInt64(0)), SequenceLink.Read(reader.GetFieldValue<byte[]>(1)))
            : default;
        _last = last;
        return last;
    }

    public void Append(OutboxItem item, long createdMs)
    {
        transaction.Execute(
            "INSERT INTO outbox (sender_seq, blob_id, key_epoch, previous, link, ttl_s, created_ms, envelope) VALUES ($seq, $blob, $epoch, $previous, $link, $ttl, $now, $envelope)",
            ("$seq", (long)item.SenderSeq.Value),
            ("$blob", item.BlobId.ToArray()),
            ("$epoch", (long)item.KeyEpoch.Value),
            ("$previous", item.Previous.ToArray()),
            ("$link", item.Link.ToArray()),
            ("$ttl", (long)item.TtlSeconds),
            ("$now", createdMs),
            ("$envelope", item.Envelope.ToArray()));
        _last = (item.SenderSeq, item.Link);
    }

    /// <summary>Puts a blob's bytes in the place of those it was sealed to before; nothing else of it changes.</summary>
    public void Reseal(OutboxItem item) => transaction.Execute(
        "UPDATE outbox SET key_epoch = $epoch, envelope = $envelope WHERE sender_seq = $seq",
        ("$epoch", (long)item.KeyEpoch.Value),
        ("$envelope", item.Envelope.ToArray()),
        ("$seq", (long)item.SenderSeq.Value));

    public OutboxItem? Find(Sequence seq)
    {
        using SqliteDataReader reader = transaction.Query($"SELECT {Columns} FROM outbox WHERE sender_seq = $seq", ("$seq", (long)seq.Value));
        return reader.Read() ? Read(reader) : null;
    }

    /// <summary>Items after a sequence, in order, within the bounds; at least one if there is one.</summary>
    public List<OutboxItem> ReadAfter(Sequence after, int countMax, long bytesMax)
    {
        var items = new List<OutboxItem>();
        long bytes = 0;
        using SqliteDataReader reader = transaction.Query(
            $"SELECT {Columns} FROM outbox WHERE sender_seq > $after ORDER BY sender_seq LIMIT $max",
            ("$after", (long)after.Value),
            ("$max", (long)countMax));
        while (bytes < bytesMax && reader.Read())
        {
            OutboxItem item = Read(reader);
            bytes += item.Envelope.Length;
            items.Add(item);
        }

        return items;
    }

    private static OutboxItem Read(SqliteDataReader reader)
    {
        var seq = new Sequence((ulong)reader.GetInt64(0));
        return new OutboxItem
        {
            FirstSeq = seq,
            SenderSeq = seq,
            BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(1)),
            KeyEpoch = new KeyEpoch((uint)reader.GetInt64(2)),
            Previous = SequenceLink.Read(reader.GetFieldValue<byte[]>(3)),
            Link = SequenceLink.Read(reader.GetFieldValue<byte[]>(4)),
            TtlSeconds = (uint)reader.GetInt64(5),
            Envelope = reader.GetFieldValue<byte[]>(6),
        };
    }
}
