using System.Buffers.Binary;
using System.Numerics;

namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>
/// BLAKE3 as the paper says it, one node after another, and nothing shared with the code under test: the message is permuted between
/// rounds where that code has a table, and the tree is the definition's recursion where that code goes level by level.
/// </summary>
internal sealed class NaiveBlake3
{
    private const int ChunkBytes = 1024;
    private const uint ChunkStart = 1, ChunkEnd = 2, Parent = 4, Root = 8, Keyed = 16, Context = 32, Material = 64;
    private static readonly uint[] Iv = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
    private static readonly int[] Permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    private readonly uint[] _key;
    private readonly uint _flags;

    private NaiveBlake3(uint[] key, uint flags) => (_key, _flags) = (key, flags);

    public static NaiveBlake3 Plain { get; } = new(Iv, 0);

    public static NaiveBlake3 WithKey(byte[] key) => new(Words(key), Keyed);

    public static NaiveBlake3 ForContext(byte[] context) => new(Words(new NaiveBlake3(Iv, Context).Hash(context)), Material);

    public byte[] Hash(ReadOnlySpan<byte> input) => Cv(input, 0, isRoot: true);

    /// <summary>The chaining value of a subtree, as bytes.</summary>
    public byte[] Cv(ReadOnlySpan<byte> input, ulong firstChunk, bool isRoot)
    {
        if (input.Length <= ChunkBytes)
            return Chunk(input, firstChunk, isRoot);

        int left = LeftBytes(input.Length);
        return ParentOf(Cv(input[..left], firstChunk, false), Cv(input[left..], firstChunk + (ulong)(left / ChunkBytes), false), isRoot);
    }

    public byte[] ParentOf(byte[] left, byte[] right, bool isRoot) =>
        Bytes(Compress(_key, Words([.. left, .. right]), 0, 64, _flags | Parent | (isRoot ? Root : 0)));

    /// <summary>The largest power of two of chunks that leaves something to the right.</summary>
    public static int LeftBytes(int length)
    {
        int left = ChunkBytes;
        while (left * 2 < length)
            left *= 2;

        return left;
    }

    private byte[] Chunk(ReadOnlySpan<byte> chunk, ulong number, bool isRoot)
    {
        uint[] cv = _key;
        int blocks = Math.Max(1, (chunk.Length + 63) / 64);
        for (int i = 0; i < blocks; i++)
        {
            byte[] block = new byte[64];
            ReadOnlySpan<byte> bytes = chunk[(i * 64)..Math.Min(chunk.Length, (i + 1) * 64)];
            bytes.CopyTo(block);
            uint flags = _flags | (i == 0 ? ChunkStart : 0) | (i == blocks - 1 ? ChunkEnd | (isRoot ? Root : 0) : 0);
            cv = Compress(cv, Words(block), number, (uint)bytes.Length, flags);
        }

        return Bytes(cv);
    }

    private static uint[] Compress(uint[] cv, uint[] message, ulong counter, uint length, uint flags)
    {
        uint[] v = [.. cv, .. Iv[..4], (uint)(counter & uint.MaxValue), (uint)(counter >> 32), length, flags];
        for (int round = 0; round < 7; round++)
        {
            for (int i = 0; i < 4; i++)
                Mix(v, i, 4 + i, 8 + i, 12 + i, message[2 * i], message[(2 * i) + 1]);

            for (int i = 0; i < 4; i++)
                Mix(v, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4), message[8 + (2 * i)], message[9 + (2 * i)]);

            uint[] before = message;
            message = [.. Permutation.Select(from => before[from])];
        }

        return [.. Enumerable.Range(0, 8).Select(i => v[i] ^ v[i + 8])];
    }

    private static void Mix(uint[] v, int a, int b, int c, int d, uint x, uint y)
    {
        unchecked
        {
            v[a] += v[b] + x;
            v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
            v[c] += v[d];
            v[b] = BitOperations.RotateRight(v[b] ^ v[c], 12);
            v[a] += v[b] + y;
            v[d] = BitOperations.RotateRight(v[d] ^ v[a], 8);
            v[c] += v[d];
            v[b] = BitOperations.RotateRight(v[b] ^ v[c], 7);
        }
    }

    private static uint[] Words(byte[] bytes) =>
        [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * 4)))];

    private static byte[] Bytes(uint[] words)
    {
        byte[] bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);

        return bytes;
    }
}
