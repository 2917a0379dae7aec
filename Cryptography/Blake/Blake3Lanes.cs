using System.Runtime.CompilerServices;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>
/// BLAKE3's compression of as many nodes at once as a register has lanes (BLAKE3 paper, section 5.3): word i of every node lies in
/// register i, so that the rounds are those of <see cref="Blake3Core.Compress"/>, word for register.
/// </summary>
internal static class Blake3Lanes<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    private const int BlockWords = Blake3Core.BlockBytes / sizeof(uint);
    private const int ChunkWords = Blake3Core.ChunkBytes / sizeof(uint);
    private const int QuadWords = 4;

    /// <summary>The chaining values of whole chunks, in sets of as many as there are lanes.</summary>
    /// <param name="words">The chunks.</param>
    /// <param name="firstChunk">Number of the first of them.</param>
    /// <param name="done">How many have theirs already.</param>
    /// <returns>How many have theirs now: fewer than a set is left.</returns>
    internal static int HashChunks(Blake3Mode mode, ReadOnlySpan<uint> words, ulong firstChunk, Span<uint> cvs, int done)
    {
        Span<uint> lower = stackalloc uint[TLanes.Count];
        Span<uint> upper = stackalloc uint[TLanes.Count];
        for (; (words.Length / ChunkWords) - done >= TLanes.Count; done += TLanes.Count)
        {
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                ulong counter = firstChunk + (ulong)(done + lane);
                lower[lane] = (uint)counter;
                upper[lane] = (uint)(counter >> 32);
            }

            Hash(
                mode.Key,
                words[(done * ChunkWords)..],
                ChunkWords,
                TLanes.LoadQuads(lower, 0, QuadWords),
                TLanes.LoadQuads(upper, 0, QuadWords),
                new BlockFlags(mode.Flags, Blake3Core.ChunkStart, Blake3Core.ChunkEnd),
                cvs[(done * Blake3Core.CvWords)..]);
        }

        return done;
    }

    /// <summary>The chaining values of parents, in sets of as many as there are lanes.</summary>
    /// <param name="children">Chaining values, two for each parent.</param>
    /// <param name="parents">May be the start of <paramref name="children"/>: a parent is written after its children were read.</param>
    /// <param name="count">How many parents there are.</param>
    /// <param name="done">How many have theirs already.</param>
    /// <returns>How many have theirs now.</returns>
    internal static int HashParents(Blake3Mode mode, ReadOnlySpan<uint> children, Span<uint> parents, int count, int done)
    {
        TLanes zero = TLanes.Broadcast(0);
        for (; count - done >= TLanes.Count; done += TLanes.Count)
        {
            Hash(
                mode.Key,
                children.Slice(done * BlockWords, TLanes.Count * BlockWords),
                BlockWords,
                zero,
                zero,
                new BlockFlags(mode.Flags | Blake3Core.Parent, 0, 0),
                parents[(done * Blake3Core.CvWords)..]);
        }

        return done;
    }

    // Optimised from the first call: unoptimised, each of these operators is a call, and content would crawl until the JIT comes back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hash(ReadOnlySpan<uint> key, ReadOnlySpan<uint> words, int nodeWords, TLanes counterLower, TLanes counterUpper, BlockFlags flags, Span<uint> cvs)
    {
        Span<TLanes> cv = stackalloc TLanes[Blake3Core.CvWords];
        Span<TLanes> block = stackalloc TLanes[BlockWords];
        for (int i = 0; i < cv.Length; i++)
        {
            cv[i] = TLanes.Broadcast(key[i]);
        }

        for (int at = 0; at < nodeWords; at += BlockWords)
        {
            for (int quad = 0; quad < BlockWords; quad += QuadWords)
            {
                // Row r has quads of the lanes r, r + 4, r + 8 and so on: transposed by fours, the lanes are in order.
                int start = at + quad;
                Transpose(
                    TLanes.LoadQuads(words, start, QuadWords * nodeWords),
                    TLanes.LoadQuads(words, start + nodeWords, QuadWords * nodeWords),
                    TLanes.LoadQuads(words, start + (2 * nodeWords), QuadWords * nodeWords),
                    TLanes.LoadQuads(words, start + (3 * nodeWords), QuadWords * nodeWords),
                    block.Slice(quad, QuadWords));
            }

            Compress(cv, block, counterLower, counterUpper, TLanes.Broadcast(flags.At(isFirst: at == 0, isLast: at + BlockWords == nodeWords)));
        }

        Span<TLanes> rows = block[..QuadWords];
        for (int quad = 0; quad < Blake3Core.CvWords; quad += QuadWords)
        {
            Transpose(cv[quad], cv[quad + 1], cv[quad + 2], cv[quad + 3], rows);
            for (int row = 0; row < QuadWords; row++)
            {
                TLanes.StoreQuads(rows[row], cvs, (row * Blake3Core.CvWords) + quad, QuadWords * Blake3Core.CvWords);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(Span<TLanes> cv, ReadOnlySpan<TLanes> m, TLanes counterLower, TLanes counterUpper, TLanes flags)
    {
        ReadOnlySpan<uint> iv = Blake3Core.Iv;
        TLanes v0 = cv[0], v1 = cv[1], v2 = cv[2], v3 = cv[3], v4 = cv[4], v5 = cv[5], v6 = cv[6], v7 = cv[7];
        TLanes v8 = TLanes.Broadcast(iv[0]), v9 = TLanes.Broadcast(iv[1]), v10 = TLanes.Broadcast(iv[2]), v11 = TLanes.Broadcast(iv[3]);
        TLanes v12 = counterLower, v13 = counterUpper, v14 = TLanes.Broadcast(Blake3Core.BlockBytes), v15 = flags;

        for (int round = 0; round < Blake3Core.Schedule.Length; round += BlockWords)
        {
            ReadOnlySpan<byte> s = Blake3Core.Schedule.Slice(round, BlockWords);
            Mix(ref v0, ref v4, ref v8, ref v12, m[s[0]], m[s[1]]);
            Mix(ref v1, ref v5, ref v9, ref v13, m[s[2]], m[s[3]]);
            Mix(ref v2, ref v6, ref v10, ref v14, m[s[4]], m[s[5]]);
            Mix(ref v3, ref v7, ref v11, ref v15, m[s[6]], m[s[7]]);
            Mix(ref v0, ref v5, ref v10, ref v15, m[s[8]], m[s[9]]);
            Mix(ref v1, ref v6, ref v11, ref v12, m[s[10]], m[s[11]]);
            Mix(ref v2, ref v7, ref v8, ref v13, m[s[12]], m[s[13]]);
            Mix(ref v3, ref v4, ref v9, ref v14, m[s[14]], m[s[15]]);
        }

        cv[0] = v0 ^ v8;
        cv[1] = v1 ^ v9;
        cv[2] = v2 ^ v10;
        cv[3] = v3 ^ v11;
        cv[4] = v4 ^ v12;
        cv[5] = v5 ^ v13;
        cv[6] = v6 ^ v14;
        cv[7] = v7 ^ v15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref TLanes a, ref TLanes b, ref TLanes c, ref TLanes d, TLanes x, TLanes y)
    {
        a = a + b + x;
        d = TLanes.RotateRight(d ^ a, 16);
        c = c + d;
        b = TLanes.RotateRight(b ^ c, 12);
        a = a + b + y;
        d = TLanes.RotateRight(d ^ a, 8);
        c = c + d;
        b = TLanes.RotateRight(b ^ c, 7);
    }

    // Four by four within every 128 bits. It is its own inverse.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(TLanes row0, TLanes row1, TLanes row2, TLanes row3, Span<TLanes> columns)
    {
        TLanes lower01 = TLanes.InterleaveLower(row0, row1), upper01 = TLanes.InterleaveUpper(row0, row1);
        TLanes lower23 = TLanes.InterleaveLower(row2, row3), upper23 = TLanes.InterleaveUpper(row2, row3);
        columns[0] = TLanes.JoinLower(lower01, lower23);
        columns[1] = TLanes.JoinUpper(lower01, lower23);
        columns[2] = TLanes.JoinLower(upper01, upper23);
        columns[3] = TLanes.JoinUpper(upper01, upper23);
    }

    // What the blocks of a node are marked with: all of them, the first, the last.
    private readonly record struct BlockFlags(uint All, uint First, uint Last)
    {
        internal uint At(bool isFirst, bool isLast) => All | (isFirst ? First : 0) | (isLast ? Last : 0);
    }
}
