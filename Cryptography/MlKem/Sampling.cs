namespace ZeroKSync.Cryptography.MlKem;

/// <summary>Polynomials out of hashes (FIPS 203, section 4.2.2).</summary>
internal static class Sampling
{
    private const int NoiseBytes = 128;

    /// <summary>SampleNTT: a uniform polynomial. It rejects by value, which is no leak: the seed is part of the public key.</summary>
    internal static void Uniform(ReadOnlySpan<byte> publicSeed, int column, int row, Span<uint> f)
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

    /// <summary>SamplePolyCBD with eta = 2: secret, small coefficients; the same steps whatever the bits.</summary>
    internal static void Noise(ReadOnlySpan<byte> secretSeed, byte number, Span<uint> f)
    {
        Span<byte> bytes = stackalloc byte[NoiseBytes];
        MlKemHash.Prf(secretSeed, number, bytes);
        for (int i = 0; i < NoiseBytes; i++)
        {
            uint value = bytes[i];
            f[2 * i] = Difference(value);
            f[(2 * i) + 1] = Difference(value >> 4);
        }

        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
    }

    // Two coins against two coins.
    private static uint Difference(uint bits) =>
        Field.Subtract((bits & 1) + ((bits >> 1) & 1), ((bits >> 2) & 1) + ((bits >> 3) & 1));
}
