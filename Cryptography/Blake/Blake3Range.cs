namespace ZeroKSync.Cryptography.Blake;

/// <summary>
/// A range of content of a known or claimed length: the bytes that are wanted, and the groups that prove them. A range that wants nothing,
/// or begins at or behind the end, takes the group it begins in, or the last one: that the content ends there is proven by its end
/// (Bao's final chunk requirement).
/// </summary>
internal readonly struct Blake3Range
{
    private readonly ulong _firstGroup;
    private readonly ulong _lastGroup;

    internal Blake3Range(ulong contentLength, ulong offset, ulong length)
    {
        ulong lastOfContent = Blake3Node.Root(contentLength).Groups - 1;
        ulong lastByte = length > ulong.MaxValue - offset ? ulong.MaxValue : offset + Math.Max(length, 1) - 1;
        _firstGroup = Math.Min(offset / Blake3Subtree.GroupBytes, lastOfContent);
        _lastGroup = lastByte / Blake3Subtree.GroupBytes;
        Start = Math.Min(offset, contentLength);
        End = length > contentLength - Start ? contentLength : Start + length;
    }

    /// <summary>First byte wanted.</summary>
    internal ulong Start { get; }

    /// <summary>Behind the last byte wanted.</summary>
    internal ulong End { get; }

    /// <summary>Whether a node of the tree lies over one of the groups.</summary>
    internal bool Meets(Blake3Node node) => node.FirstGroup <= _lastGroup && node.FirstGroup + node.Groups > _firstGroup;
}
