using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>One device of a group in memory: what storage says of it, with the ring as a queue by sequence.</summary>
internal sealed class DeviceState
{
    private readonly Queue<RingEntry> _ring = new();

    public DeviceState(StoredDevice stored)
    {
        Stored = stored;
        LastSeq = stored.LastSeq;
        LastLink = stored.LastLink;
        foreach (RingEntry entry in stored.Ring)
            Remember(entry);
    }

    /// <summary>What the group row holds; its sequences are those below.</summary>
    public StoredDevice Stored { get; private set; }

    public Sequence LastSeq { get; private set; }

    public SequenceLink LastLink { get; private set; }

    public Cursor Acked => Stored.Acked;

    public bool IsRevoked => Stored.Revoked is not null;

    public void Apply(StoredDevice changed) => Stored = changed;

    public void ApplyAppend(LogAppend append)
    {
        LastSeq = append.Entries[^1].SenderSeq;
        LastLink = append.LastLink;
        Stored = Stored with { LastSeenMs = append.TimestampMs };
    }

    public void Remember(RingEntry entry)
    {
        _ring.Enqueue(entry);
        if (_ring.Count > Limits.SenderRing)
            _ring.Dequeue();
    }

    /// <summary>Its own rows above a cursor; of more than the ring remembers, so many.</summary>
    public uint CountOwnAfter(Cursor cursor)
    {
        uint count = 0;
        foreach (RingEntry entry in _ring)
            count += entry.Cursor > cursor ? 1u : 0;

        return count;
    }

    /// <summary>The accepted row with this sequence and this blob, if it is still remembered.</summary>
    public bool TryFind(Sequence senderSeq, BlobId blobId, out RingEntry found)
    {
        // Repeats are rare (a reconnect) and the ring is short; a search keeps the common append free of an index.
        foreach (RingEntry entry in _ring)
        {
            if (entry.SenderSeq == senderSeq)
            {
                found = entry;
                return entry.BlobId == blobId;
            }
        }

        found = default;
        return false;
    }
}
