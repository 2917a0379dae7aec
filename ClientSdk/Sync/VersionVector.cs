using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Device to highest contiguous sequence, with its link (cryptography.md, Sealing a blob). Two equal vectors mean equal data.
/// It advances over opened blobs, voids and proven deletions only; what does not join is the caller's to keep and report.
/// </summary>
internal sealed class VersionVector
{
    /// <summary>Senders a group can have over its life, revoked ones included: with this device itself they fit one blob.</summary>
    public const int MaxSenders = VectorBlob.EntriesMax - 1;

    private readonly Dictionary<DeviceId, VectorEntry> _entries = [];

    public int Count => _entries.Count;

    public VectorEntry this[DeviceId sender] => _entries.GetValueOrDefault(sender);

    public IEnumerable<KeyValuePair<DeviceId, VectorEntry>> Entries => _entries;

    /// <summary>Takes over what is stored.</summary>
    public void Load(DeviceId sender, VectorEntry entry) => _entries[sender] = entry;

    /// <summary>What <see cref="Advance"/> would say.</summary>
    public VectorOutcome Judge(DeviceId sender, Sequence first, Sequence last, SequenceLink previous)
    {
        var known = this[sender];
        if (last <= known.Sequence)
            return VectorOutcome.Known;
        if (_entries.Count >= MaxSenders && !_entries.ContainsKey(sender))
            return VectorOutcome.Gap;

        // A void run may begin inside what is known: its end is still new, and only a run from the very next one can be checked.
        if (first > known.Sequence.Next)
            return VectorOutcome.Gap;

        return first == known.Sequence.Next && previous != known.Link ? VectorOutcome.LinkMismatch : VectorOutcome.Advanced;
    }

    /// <summary>Moves over [first, last] if it joins.</summary>
    /// <param name="sender">Whose.</param>
    /// <param name="first">Where the run begins; for a blob the same as <paramref name="last"/>.</param>
    /// <param name="last">Where it ends.</param>
    /// <param name="previous">The link of first - 1 that it names.</param>
    /// <param name="link">The link of last.</param>
    public VectorOutcome Advance(DeviceId sender, Sequence first, Sequence last, SequenceLink previous, SequenceLink link)
    {
        var outcome = Judge(sender, first, last, previous);
        if (outcome == VectorOutcome.Advanced)
            _entries[sender] = new VectorEntry(last, link);

        return outcome;
    }

    public VersionVector Copy()
    {
        var copy = new VersionVector();
        foreach (var (sender, entry) in _entries)
            copy._entries.Add(sender, entry);

        return copy;
    }
}
