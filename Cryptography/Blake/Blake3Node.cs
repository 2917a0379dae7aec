using System.Numerics;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>A node of the tree over groups, by the groups beneath it: one group is a leaf, more are a parent. What the node is, not its chaining value.</summary>
/// <param name="FirstGroup">From 0.</param>
/// <param name="Groups">1 or more. The subtree of a left child is a power of two of them.</param>
internal readonly record struct Blake3Node(ulong FirstGroup, ulong Groups)
{
    /// <summary>The most nodes that wait on a way down the tree: 2^64 bytes have 2^50 groups, and each parent on the way leaves one child behind.</summary>
    internal const int DepthMax = 51;

    internal bool IsGroup => Groups == 1;

    /// <summary>The left child: the largest power of two of groups that leaves something to the right.</summary>
    internal Blake3Node Left => new(FirstGroup, LeftGroups);

    internal Blake3Node Right => new(FirstGroup + LeftGroups, Groups - LeftGroups);

    /// <summary>
    /// Where the parent lies among all parents, children before parents: after those of the groups before it, which are as many as there
    /// are groups, less one for each perfect tree they make, and after its own descendants.
    /// </summary>
    internal ulong ParentIndex => FirstGroup - (ulong)BitOperations.PopCount(FirstGroup) + Groups - 2;

    /// <summary>Number of its first byte of content.</summary>
    internal ulong Start => FirstGroup * Blake3Subtree.GroupBytes;

    /// <summary>Bytes of content in a group; the last one may have fewer than the others.</summary>
    internal int ContentBytes(ulong contentLength) => (int)Math.Min(Blake3Subtree.GroupBytes, contentLength - Start);

    private ulong LeftGroups => 1UL << BitOperations.Log2(Groups - 1);

    /// <summary>The root over content of a length.</summary>
    internal static Blake3Node Root(ulong contentLength) =>
        new(0, contentLength == 0 ? 1 : ((contentLength - 1) / Blake3Subtree.GroupBytes) + 1);
}
