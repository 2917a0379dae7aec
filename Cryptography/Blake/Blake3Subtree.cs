using System.Numerics;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>Hashes a run of input that is one subtree: the left half of every node is the largest power of two of chunks that leaves something to the right.</summary>
internal static class Blake3Subtree
{
    /// <param name="input">One chunk or more; a run that has a sibling to its right is a power of two of whole chunks.</param>
    /// <param name="firstChunk">Number of its first chunk in the whole input.</param>
    /// <param name="flags">0, or <see cref="Blake3Core.Root"/> where it is the whole input.</param>
    /// <param name="cv">Receives the chaining value.</param>
    internal static void Hash(ReadOnlySpan<byte> input, ulong firstChunk, uint flags, Span<uint> cv)
    {
        if (input.Length <= Blake3Core.ChunkBytes)
        {
            Blake3Core.HashChunk(input, firstChunk, flags, cv);
            return;
        }

        int chunks = (input.Length - 1) / Blake3Core.ChunkBytes;
        int leftChunks = 1 << BitOperations.Log2((uint)chunks);
        int leftBytes = leftChunks * Blake3Core.ChunkBytes;
        Span<uint> left = stackalloc uint[Blake3Core.Words];
        Span<uint> right = stackalloc uint[Blake3Core.Words];
        Hash(input[..leftBytes], firstChunk, 0, left);
        Hash(input[leftBytes..], firstChunk + (ulong)leftChunks, 0, right);
        Blake3Core.HashParent(left, right, flags, cv);
    }
}
