namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>Inputs and lengths that the tests of BLAKE3 share.</summary>
internal static class Inputs
{
    public const int Chunk = 1024;
    public const int Group = 16 * Chunk;

    /// <summary>Around every border there is: block, chunk, the sets of 4, 8 and 16 chunks, group, and the batch of 8 groups.</summary>
    public static IEnumerable<int> BorderLengths { get; } =
    [
        .. new[] { 0, 64, 128, Chunk, 2 * Chunk, 3 * Chunk, 4 * Chunk, 5 * Chunk, 7 * Chunk, 8 * Chunk, 9 * Chunk, 12 * Chunk, 15 * Chunk, Group, 17 * Chunk, 24 * Chunk, 31 * Chunk, 2 * Group, 3 * Group, 8 * Group, (8 * Group) + Chunk, 9 * Group, 16 * Group, 17 * Group }
            .SelectMany(border => new[] { border - 1, border, border + 1 }).Where(length => length >= 0).Distinct().Order(),
    ];

    /// <summary>Byte i is i mod 251, as in the official test vectors.</summary>
    public static byte[] Counting(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];

    public static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
