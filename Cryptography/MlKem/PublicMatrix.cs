namespace ZeroKSync.Cryptography.MlKem;

/// <summary>
/// The matrix of a public key (FIPS 203, section 4.2.2). It is sampled by rejecting values, in a time that depends on them, which is no leak: the
/// seed is part of the public key. It stands apart from the files that handle secrets, where nothing may branch by value.
/// </summary>
internal static class PublicMatrix
{
    /// <summary>SampleNTT: a uniform polynomial.</summary>
    internal static void Sample(ReadOnlySpan<byte> publicSeed, int column, int row, Span<uint> f)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.Lanes];
        Span<byte> block = stackalloc byte[KeccakSponge.Shake128Rate];
        var sponge = new KeccakSponge(state, KeccakSponge.Shake128Rate, KeccakSponge.ShakePadding);
        sponge.Absorb(publicSeed);
        sponge.Absorb([(byte)column, (byte)row]);
        int filled = 0;
        while (filled < f.Length)
        {
            sponge.Squeeze(block);
            for (int i = 0; i < block.Length && filled < f.Length; i += 3)
            {
                uint low = block[i] | ((uint)(block[i + 1] & 0x0F) << 8);
                uint high = (uint)(block[i + 1] >> 4) | ((uint)block[i + 2] << 4);
                if (low < Field.Q)
                {
                    f[filled++] = low;
                }

                if (high < Field.Q && filled < f.Length)
                {
                    f[filled++] = high;
                }
            }
        }
    }
}
