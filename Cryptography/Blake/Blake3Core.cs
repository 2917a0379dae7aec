using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>BLAKE3's compression function and the two kinds of node it serves (BLAKE3 paper, sections 2.2 to 2.5): one block, one chaining value.</summary>
internal static class Blake3Core
{
    internal const int BlockBytes = 64;
    internal const int ChunkBytes = 1024;

    /// <summary>Words of a chaining value.</summary>
    internal const int CvWords = 8;

    /// <summary>Bytes of a chaining value.</summary>
    internal const int CvBytes = CvWords * sizeof(uint);

    internal const uint ChunkStart = 1;
    internal const uint ChunkEnd = 2;
    internal const uint Parent = 4;
    internal const uint Root = 8;
    internal const uint KeyedHash = 16;
    internal const uint DeriveKeyContext = 32;
    internal const uint DeriveKeyMaterial = 64;

    private const int BlockWords = BlockBytes / sizeof(uint);

    internal static ReadOnlySpan<uint> Iv =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    // The message order of each of the seven rounds: the permutation of the paper's table 2, applied again and again.
    internal static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
        3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
        10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
        12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
        9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
        11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
    ];

    /// <summary>Compresses one block into <paramref name="cv"/>.</summary>
    /// <param name="cv">Chaining value before and after.</param>
    /// <param name="block">64 bytes, zero-padded.</param>
    /// <param name="counter">Number of the chunk; 0 for a parent.</param>
    /// <param name="blockLength">Bytes of the block that are input.</param>
    /// <param name="flags">What kind of block it is.</param>
    internal static void Compress(Span<uint> cv, ReadOnlySpan<byte> block, ulong counter, int blockLength, uint flags)
    {
        Span<uint> m = stackalloc uint[BlockWords];
        for (int i = 0; i < BlockWords; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * sizeof(uint))..]);
        }

        uint v0 = cv[0], v1 = cv[1], v2 = cv[2], v3 = cv[3], v4 = cv[4], v5 = cv[5], v6 = cv[6], v7 = cv[7];
        uint v8 = Iv[0], v9 = Iv[1], v10 = Iv[2], v11 = Iv[3];
        uint v12 = (uint)counter, v13 = (uint)(counter >> 32), v14 = (uint)blockLength, v15 = flags;

        for (int round = 0; round < Schedule.Length; round += BlockWords)
        {
            ReadOnlySpan<byte> s = Schedule.Slice(round, BlockWords);
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

    /// <summary>The chaining value of one chunk of 0 to 1024 bytes.</summary>
    /// <param name="isRoot">Whether the chunk is the whole input.</param>
    internal static void HashChunk(Blake3Mode mode, ReadOnlySpan<byte> chunk, ulong chunkNumber, bool isRoot, Span<uint> cv)
    {
        Span<byte> padded = stackalloc byte[BlockBytes];
        mode.Key.CopyTo(cv);
        uint flags = mode.Flags | ChunkStart;
        while (chunk.Length > BlockBytes)
        {
            Compress(cv, chunk[..BlockBytes], chunkNumber, BlockBytes, flags);
            flags = mode.Flags;
            chunk = chunk[BlockBytes..];
        }

        padded.Clear();
        chunk.CopyTo(padded);
        Compress(cv, padded, chunkNumber, chunk.Length, flags | ChunkEnd | (isRoot ? Root : 0));
    }

    /// <summary>The chaining value over two children.</summary>
    /// <param name="isRoot">Whether it is the top of the tree.</param>
    /// <param name="cv">May be one of the children.</param>
    internal static void HashParent(Blake3Mode mode, ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, bool isRoot, Span<uint> cv)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        Store(left, block);
        Store(right, block[CvBytes..]);
        mode.Key.CopyTo(cv);
        Compress(cv, block, 0, BlockBytes, mode.Flags | Parent | (isRoot ? Root : 0));
    }

    /// <summary>Writes a chaining value as bytes, little-endian as everything in BLAKE3.</summary>
    internal static void Store(ReadOnlySpan<uint> cv, Span<byte> bytes)
    {
        for (int i = 0; i < CvWords; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], cv[i]);
        }
    }

    /// <summary>Reads a chaining value or a key.</summary>
    internal static void Load(ReadOnlySpan<byte> bytes, Span<uint> cv)
    {
        for (int i = 0; i < CvWords; i++)
        {
            cv[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a = a + b + x;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a = a + b + y;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }
}
