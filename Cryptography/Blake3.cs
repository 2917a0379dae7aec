using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// BLAKE3 with 32 bytes of output: the address of content. Besides the whole hash it offers the nodes of the tree, so that a range can
/// be checked in groups of 16 KiB while it streams.
/// </summary>
public static class Blake3
{
    public const int HashBytes = 32;

    /// <summary>Bytes of a chunk, the leaf of the tree.</summary>
    public const int ChunkBytes = Blake3Core.ChunkBytes;

    /// <summary>Bytes of a group of 16 chunks, the smallest part that is verified.</summary>
    public const int GroupBytes = 16 * ChunkBytes;

    /// <summary>Hashes the whole input.</summary>
    /// <param name="input">Any length, zero included.</param>
    /// <param name="hash">Receives 32 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> hash)
    {
        Argument.ThrowUnlessLength(hash.Length, HashBytes, nameof(hash));
        Span<uint> cv = stackalloc uint[Blake3Core.Words];
        Blake3Subtree.Hash(input, 0, Blake3Core.Root, cv);
        Blake3Core.Store(cv, hash);
    }

    /// <summary>The node over one group.</summary>
    /// <param name="group"><see cref="GroupBytes"/>; the last group of an input may have fewer.</param>
    /// <param name="groupNumber">From 0.</param>
    /// <param name="isRoot">Whether the group is the whole input: then the node is its hash.</param>
    /// <param name="node">Receives 32 bytes.</param>
    public static void HashGroup(ReadOnlySpan<byte> group, ulong groupNumber, bool isRoot, Span<byte> node)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(group.Length, GroupBytes, nameof(group));
        Argument.ThrowUnlessLength(node.Length, HashBytes, nameof(node));
        Span<uint> cv = stackalloc uint[Blake3Core.Words];
        Blake3Subtree.Hash(group, groupNumber * (GroupBytes / ChunkBytes), isRoot ? Blake3Core.Root : 0, cv);
        Blake3Core.Store(cv, node);
    }

    /// <summary>The node over two nodes.</summary>
    /// <param name="isRoot">Whether it is the top of the tree: then the node is the hash of the input.</param>
    public static void HashParent(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool isRoot, Span<byte> node)
    {
        Argument.ThrowUnlessLength(left.Length, HashBytes, nameof(left));
        Argument.ThrowUnlessLength(right.Length, HashBytes, nameof(right));
        Argument.ThrowUnlessLength(node.Length, HashBytes, nameof(node));
        Span<uint> words = stackalloc uint[3 * Blake3Core.Words];
        Span<uint> cv = words[(2 * Blake3Core.Words)..];
        Blake3Core.Load(left, words);
        Blake3Core.Load(right, words[Blake3Core.Words..]);
        Blake3Core.HashParent(words[..Blake3Core.Words], words.Slice(Blake3Core.Words, Blake3Core.Words), isRoot ? Blake3Core.Root : 0, cv);
        Blake3Core.Store(cv, node);
    }
}
