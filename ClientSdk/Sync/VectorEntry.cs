using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>How far one sender is known without a gap, and the link there.</summary>
internal readonly record struct VectorEntry(Sequence Sequence, SequenceLink Link)
{
    public static VectorEntry Zero => default;
}
