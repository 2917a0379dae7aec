namespace ZeroKSync.Cryptography.MlKem;

/// <summary>The functions G, H, J and PRF of FIPS 203, section 4.1. Inputs come in two or three parts, so that nothing secret is copied together.</summary>
internal static class MlKemHash
{
    /// <summary>H: SHA3-256.</summary>
    internal static void H(ReadOnlySpan<byte> input, Span<byte> output) =>
        Run(KeccakSponge.Sha3256Rate, KeccakSponge.Sha3Padding, input, default, output, default);

    /// <summary>G: SHA3-512, its two halves apart.</summary>
    internal static void G(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> left, Span<byte> right) =>
        Run(KeccakSponge.Sha3512Rate, KeccakSponge.Sha3Padding, first, second, left, right);

    /// <summary>J: 32 bytes of SHAKE256.</summary>
    internal static void J(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output) =>
        Run(KeccakSponge.Shake256Rate, KeccakSponge.ShakePadding, first, second, output, default);

    /// <summary>PRF: SHAKE256 of a seed and one byte.</summary>
    internal static void Prf(ReadOnlySpan<byte> seed, byte number, Span<byte> output) =>
        Run(KeccakSponge.Shake256Rate, KeccakSponge.ShakePadding, seed, [number], output, default);

    private static void Run(int rate, byte padding, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> left, Span<byte> right)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.Lanes];
        var sponge = new KeccakSponge(state, rate, padding);
        sponge.Absorb(first);
        sponge.Absorb(second);
        sponge.Squeeze(left);
        sponge.Squeeze(right);
        sponge.Clear();
    }
}
