using System.Numerics;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>
/// Hashes a run of input that is one subtree, level by level: the left half of every node is the largest power of two of chunks that
/// leaves something to the right, which is the same as pairing neighbours on every level and raising an odd last one.
/// </summary>
internal static class Blake3Subtree
{
    /// <summary>Chunks of a group, the smallest part that is verified.</summary>
    internal const int GroupChunks = 16;

    internal const int GroupBytes = GroupChunks * Blake3Core.ChunkBytes;

    /// <summary>Groups hashed in one go: enough that parents fill the widest vectors too, few enough that all chaining values lie on the stack (4 KiB).</summary>
    internal const int BatchGroups = 8;

    private const int BatchChunks = BatchGroups * GroupChunks;
    private const int BatchBytes = BatchGroups * GroupBytes;

    /// <summary>The chaining value of a run of any length.</summary>
    /// <param name="input">A run that has a sibling to its right is a power of two of whole chunks; an empty one is the whole input.</param>
    /// <param name="firstChunk">Number of its first chunk in the whole input.</param>
    /// <param name="isRoot">Whether it is the whole input.</param>
    /// <param name="cv">Receives the chaining value.</param>
    internal static void Hash(Blake3Mode mode, ReadOnlySpan<byte> input, ulong firstChunk, bool isRoot, Span<uint> cv)
    {
        if (input.Length <= Blake3Core.ChunkBytes)
        {
            Blake3Core.HashChunk(mode, input, firstChunk, isRoot, cv);
            return;
        }

        Span<uint> children = stackalloc uint[2 * Blake3Core.CvWords];
        if (input.Length > BatchBytes)
        {
            int leftChunks = 1 << BitOperations.Log2((uint)(input.Length - 1) / Blake3Core.ChunkBytes);
            int leftBytes = leftChunks * Blake3Core.ChunkBytes;
            Hash(mode, input[..leftBytes], firstChunk, isRoot: false, children);
            Hash(mode, input[leftBytes..], firstChunk + (ulong)leftChunks, isRoot: false, children[Blake3Core.CvWords..]);
        }
        else
        {
            HashChildren(mode, input, firstChunk, children);
        }

        Blake3Core.HashParent(mode, children[..Blake3Core.CvWords], children[Blake3Core.CvWords..], isRoot, cv);
    }

    /// <summary>The chaining values of whole groups that are not the root.</summary>
    /// <param name="groups">1 to <see cref="BatchGroups"/> of them.</param>
    /// <param name="firstGroup">Number of the first.</param>
    /// <param name="cvs">Receives one for each group.</param>
    internal static void HashGroups(Blake3Mode mode, ReadOnlySpan<byte> groups, ulong firstGroup, Span<uint> cvs)
    {
        Span<uint> level = stackalloc uint[BatchChunks * Blake3Core.CvWords];
        Blake3Dispatch.HashChunks(mode, groups, firstGroup * GroupChunks, level);
        int count = groups.Length / Blake3Core.ChunkBytes;
        while (count > groups.Length / GroupBytes)
        {
            count = Blake3Dispatch.HashParents(mode, level, count);
        }

        level[..(count * Blake3Core.CvWords)].CopyTo(cvs);
    }

    // Kept out of Hash: there its 4 KiB would be on the stack once for each level of the recursion.
    private static void HashChildren(Blake3Mode mode, ReadOnlySpan<byte> input, ulong firstChunk, Span<uint> children)
    {
        Span<uint> level = stackalloc uint[BatchChunks * Blake3Core.CvWords];
        int count = input.Length / Blake3Core.ChunkBytes;
        int whole = count * Blake3Core.ChunkBytes;
        Blake3Dispatch.HashChunks(mode, input[..whole], firstChunk, level);
        if (whole < input.Length)
        {
            Blake3Core.HashChunk(mode, input[whole..], firstChunk + (ulong)count, isRoot: false, level.Slice(count * Blake3Core.CvWords, Blake3Core.CvWords));
            count++;
        }

        while (count > 2)
        {
            count = Blake3Dispatch.HashParents(mode, level, count);
        }

        level[..children.Length].CopyTo(children);
    }
}
