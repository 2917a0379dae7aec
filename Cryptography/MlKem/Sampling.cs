namespace ZeroKSync.Cryptography.MlKem;

/// <summary>Secret polynomials out of hashes (FIPS 203, section 4.2.2).</summary>
internal static class Sampling
{
    private const int NoiseBytes = 128;

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
