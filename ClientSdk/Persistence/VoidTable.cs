using Microsoft.Data.Sqlite;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>Void runs by relay: made once for the sequences a relay will not get, and resent unchanged.</summary>
internal sealed class VoidTable(ClientTransaction transaction)
{
    /// <summary>The run that begins at a sequence, or null.</summary>
    public OutboxItem? Find(RelayId relay, Sequence first)
    {
        using SqliteDataReader reader = transaction.Query(
            "SELECT first_seq, sender_seq, blob_id, key_epoch, link, envelope FROM voids WHERE relay_id = $relay AND first_seq = $first",
            ("$relay", relay.ToArray()),
            ("$first", (long)first.Value));
        return reader.Read() ? Read(reader) : null;
    }

    /// <summary>The run that ends at a sequence, or null.</summary>
    public OutboxItem? FindByLast(RelayId relay, Sequence last)
    {
        using SqliteDataReader reader = transaction.Query(
            "SELECT first_seq, sender_seq, blob_id, key_epoch, link, envelope FROM voids WHERE relay_id = $relay AND sender_seq = $last",
            ("$relay", relay.ToArray()),
            ("$last", (long)last.Value));
        return reader.Read() ? Read(reader) : null;
    }

    public void Add(RelayId relay, OutboxItem run) => transaction.Execute(
        "INSERT INTO voids (relay_id, first_seq, sender_seq, blob_id, key_epoch, link, envelope) VALUES ($relay, $first, $seq, $blob, $epoch, $link, $envelope) ON CONFLICT DO NOTHING",
        ("$relay", relay.ToArray()),
        ("$first", (long)run.FirstSeq.Value),
        ("$seq", (long)run.SenderSeq.Value),
        ("$blob", run.BlobId.ToArray()),
        ("$epoch", (long)run.KeyEpoch.Value),
        ("$link", run.Link.ToArray()),
        ("$envelope", run.Envelope.ToArray()));

    /// <summary>Puts a run's bytes in the place of those it was sealed to before; nothing else of it changes.</summary>
    public void Reseal(RelayId relay, OutboxItem run) => transaction.Execute(
        "UPDATE voids SET key_epoch = $epoch, envelope = $envelope WHERE relay_id = $relay AND first_seq = $first",
        ("$epoch", (long)run.KeyEpoch.Value),
        ("$envelope", run.Envelope.ToArray()),
        ("$relay", relay.ToArray()),
        ("$first", (long)run.FirstSeq.Value));

    private static OutboxItem Read(SqliteDataReader reader)
    {
        byte[] envelope = reader.GetFieldValue<byte[]>(5);
        EnvelopeHeader.TryRead(envelope, out EnvelopeHeader header);
        return new OutboxItem
        {
            FirstSeq = new Sequence((ulong)reader.GetInt64(0)),
            SenderSeq = new Sequence((ulong)reader.GetInt64(1)),
            BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(2)),
            KeyEpoch = new KeyEpoch((uint)reader.GetInt64(3)),
            Previous = header.Previous,
            Link = SequenceLink.Read(reader.GetFieldValue<byte[]>(4)),
            TtlSeconds = 0,
            Envelope = envelope,
        };
    }
}
