using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>
/// What a group must do, told as plainly as it can be: a list of every row there ever was, and a walk over it for each question. It shares no
/// code with the rules it is compared with.
/// </summary>
internal sealed class ModelGroup(GroupOptions options)
{
    public List<ModelRow> Rows { get; } = [];

    public SortedList<string, ModelDevice> Devices { get; } = new(StringComparer.Ordinal);

    public List<ChainStatement> Chain { get; } = [];

    /// <summary>By the epoch that each begins; those that came with a HELLO have nothing but their statement.</summary>
    public Dictionary<uint, ModelRotation> Rotations { get; } = [];

    public bool Exists => Devices.Count > 0;

    public ulong Oldest { get; set; } = 1;

    public ulong Head => (ulong)Rows.Count;

    public long BytesUsed => Rows.Skip((int)Oldest - 1).Where(row => row.FreedMs is null).Sum(row => (long)row.Entry.Envelope.Length);

    public IEnumerable<ModelDevice> Members => Devices.Values.Where(device => device.Revoked is null);

    public ModelDevice? Find(DeviceId device) => Devices.GetValueOrDefault(device.ToHex());

    public ModelRow Row(ulong cursor) => Rows[(int)cursor - 1];

    public uint Pending(ModelDevice device)
    {
        uint count = 0;
        for (ulong cursor = Math.Max(device.Acked + 1, Oldest); cursor <= Head; cursor++)
            count += Row(cursor).Sender == device.Id ? 0u : 1u;

        return count;
    }

    /// <summary>The oldest cursor after a trim of everything that may go.</summary>
    public ulong OldestAfterTrim(ulong nowMs, TimeSpan retention)
    {
        ulong oldest = Oldest;
        while (oldest <= Head && MayGo(oldest, nowMs, retention))
            oldest++;

        return oldest;
    }

    public void Expire(ulong nowMs)
    {
        foreach (ModelRow row in Rows.Skip((int)Oldest - 1).Where(row => row.FreedMs is null && row.ExpiresMs <= nowMs))
            row.FreedMs = nowMs;
    }

    /// <summary>Null where the push is taken; else why it is not, with its numbers.</summary>
    public (RefusalReason Reason, ulong[] Detail)? Check(ModelDevice sender, AppendEntry entry, ulong nowMs)
    {
        ulong expected = sender.LastSeq + 1;
        if (entry.FirstSeq.Value != expected)
            return (RefusalReason.OutOfSequence, [expected]);

        if (entry.KeyEpoch.Value != Chain.Count)
            return (RefusalReason.StaleKeyEpoch, [expected, (ulong)Chain.Count]);

        if (entry.Envelope.Length > options.BlobBytesMax)
            return (RefusalReason.BlobTooLarge, [expected, (ulong)options.BlobBytesMax]);

        // Room is made of what is delivered, whatever its age.
        ulong oldest = OldestAfterTrim(nowMs, TimeSpan.Zero);
        long kept = Rows.Skip((int)oldest - 1).Where(row => row.FreedMs is null).Sum(row => (long)row.Entry.Envelope.Length);
        return kept + entry.Envelope.Length > options.GroupBytesMax ? (RefusalReason.GroupQuotaExceeded, [expected]) : null;
    }

    public void Store(ModelDevice sender, AppendEntry entry, ulong nowMs)
    {
        double seconds = entry.TtlSeconds == 0 ? options.TtlDefault.TotalSeconds : Math.Min(entry.TtlSeconds, options.TtlMax.TotalSeconds);
        Rows.Add(new ModelRow { Sender = sender.Id, Entry = entry, StoredMs = nowMs, ExpiresMs = nowMs + (ulong)(seconds * 1000) });
        sender.LastSeq = entry.SenderSeq.Value;
        sender.Accepted[entry.SenderSeq.Value] = Head;
    }

    /// <summary>Every member but its sender, and at least one, has acknowledged it.</summary>
    public bool IsDelivered(ulong cursor)
    {
        ModelDevice[] others = [.. Members.Where(member => member.Id != Row(cursor).Sender)];
        return others.Length > 0 && others.All(member => member.Acked >= cursor);
    }

    private bool MayGo(ulong cursor, ulong nowMs, TimeSpan retention)
    {
        ModelRow row = Row(cursor);
        // A prefix goes by acknowledgements of a group of two or more: a device alone has delivered nothing to anybody.
        bool isDelivered = Members.Count() > 1 && IsDelivered(cursor);
        bool isOld = row.StoredMs + (ulong)retention.TotalMilliseconds <= nowMs;
        // What has no blob any more also goes by its own time, whoever has not heard of it.
        // A blob whose time is over is one to nobody, whether or not it was collected.
        return (isDelivered && isOld) || (row.FreedMs ?? row.ExpiresMs) + (ulong)options.HoleRetention.TotalMilliseconds <= nowMs;
    }
}
