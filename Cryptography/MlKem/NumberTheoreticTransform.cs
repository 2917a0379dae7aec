namespace ZeroKSync.Cryptography.MlKem;

/// <summary>The transform and the products in it (FIPS 203, section 4.3). Coefficients are below q before and after.</summary>
internal static class NumberTheoreticTransform
{
    private const uint Zeta = 17;

    // 128^-1 modulo q.
    private const uint Scale = 3303;

    // zeta^BitRev7(i) for the butterflies, zeta^(2 BitRev7(i) + 1) for the products.
    private static readonly uint[] Zetas = [.. Enumerable.Range(0, 128).Select(i => Power(ReverseBits(i)))];
    private static readonly uint[] Gammas = [.. Enumerable.Range(0, 128).Select(i => Power((2 * ReverseBits(i)) + 1))];

    /// <summary>Algorithm 9, in place.</summary>
    internal static void Forward(Span<uint> f)
    {
        f = f[..Polynomial.Coefficients];
        int i = 1;
        for (int length = 128; length >= 2; length >>= 1)
        {
            for (int start = 0; start < Polynomial.Coefficients; start += 2 * length)
            {
                uint zeta = Zetas[i++];
                Span<uint> low = f.Slice(start, length);
                Span<uint> high = f.Slice(start + length, length);
                for (int j = 0; j < low.Length; j++)
                {
                    uint t = Field.Reduce(zeta * high[j]);
                    high[j] = Field.Subtract(low[j], t);
                    low[j] = Field.Add(low[j], t);
                }
            }
        }
    }

    /// <summary>Algorithm 10, in place.</summary>
    internal static void Inverse(Span<uint> f)
    {
        f = f[..Polynomial.Coefficients];
        int i = 127;
        for (int length = 2; length <= 128; length <<= 1)
        {
            for (int start = 0; start < Polynomial.Coefficients; start += 2 * length)
            {
                uint zeta = Zetas[i--];
                Span<uint> low = f.Slice(start, length);
                Span<uint> high = f.Slice(start + length, length);
                for (int j = 0; j < low.Length; j++)
                {
                    uint t = low[j];
                    low[j] = Field.Add(t, high[j]);
                    high[j] = Field.Reduce(zeta * Field.Subtract(high[j], t));
                }
            }
        }

        foreach (ref uint coefficient in f)
        {
            coefficient = Field.Reduce(coefficient * Scale);
        }
    }

    /// <summary>Algorithm 11, added to <paramref name="sum"/>.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, Span<uint> sum)
    {
        for (int i = 0; i < Gammas.Length; i++)
        {
            uint a0 = left[2 * i], a1 = left[(2 * i) + 1];
            uint b0 = right[2 * i], b1 = right[(2 * i) + 1];

            // At most q + 2 q^2, which is below 2^25.
            sum[2 * i] = Field.Reduce(sum[2 * i] + (a0 * b0) + (Field.Reduce(a1 * b1) * Gammas[i]));
            sum[(2 * i) + 1] = Field.Reduce(sum[(2 * i) + 1] + (a0 * b1) + (a1 * b0));
        }
    }

    private static uint Power(int exponent)
    {
        uint power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power = Field.Reduce(power * Zeta);
        }

        return power;
    }

    private static int ReverseBits(int value)
    {
        int reversed = 0;
        for (int bit = 0; bit < 7; bit++)
        {
            reversed |= ((value >> bit) & 1) << (6 - bit);
        }

        return reversed;
    }
}
