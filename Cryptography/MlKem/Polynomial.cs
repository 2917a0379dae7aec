namespace ZeroKSync.Cryptography.MlKem;

/// <summary>Polynomials as 256 coefficients below q: their encodings (FIPS 203, section 4.2.1) and sums.</summary>
internal static class Polynomial
{
    internal const int Coefficients = 256;

    /// <summary>Bytes of coefficients at 12 bits.</summary>
    internal const int EncodedBytes = Coefficients * 12 / 8;

    /// <summary>ByteEncode of coefficients that have <paramref name="bits"/> bits.</summary>
    internal static void Encode(ReadOnlySpan<uint> f, int bits, Span<byte> output)
    {
        uint pending = 0;
        int pendingBits = 0;
        int at = 0;
        foreach (uint coefficient in f)
        {
            pending |= coefficient << pendingBits;
            for (pendingBits += bits; pendingBits >= 8; pendingBits -= 8)
            {
                output[at++] = (byte)pending;
                pending >>= 8;
            }
        }
    }

    /// <summary>ByteDecode; at 12 bits the values may be q or more.</summary>
    internal static void Decode(ReadOnlySpan<byte> input, int bits, Span<uint> f)
    {
        uint pending = 0;
        int pendingBits = 0;
        int at = 0;
        uint mask = (1u << bits) - 1;
        foreach (ref uint coefficient in f)
        {
            for (; pendingBits < bits; pendingBits += 8)
            {
                pending |= (uint)input[at++] << pendingBits;
            }

            coefficient = pending & mask;
            pending >>= bits;
            pendingBits -= bits;
        }
    }

    /// <summary>Compress, then encode; <paramref name="f"/> is used up.</summary>
    internal static void EncodeCompressed(Span<uint> f, int bits, Span<byte> output)
    {
        foreach (ref uint coefficient in f)
        {
            coefficient = Field.Compress(coefficient, bits);
        }

        Encode(f, bits, output);
    }

    /// <summary>Decode, then decompress.</summary>
    internal static void DecodeCompressed(ReadOnlySpan<byte> input, int bits, Span<uint> f)
    {
        Decode(input, bits, f);
        foreach (ref uint coefficient in f)
        {
            coefficient = Field.Decompress(coefficient, bits);
        }
    }

    internal static void Add(Span<uint> sum, ReadOnlySpan<uint> other)
    {
        for (int i = 0; i < Coefficients; i++)
        {
            sum[i] = Field.Add(sum[i], other[i]);
        }
    }

    /// <summary>Replaces <paramref name="right"/> by the difference.</summary>
    internal static void SubtractFrom(ReadOnlySpan<uint> left, Span<uint> right)
    {
        for (int i = 0; i < Coefficients; i++)
        {
            right[i] = Field.Subtract(left[i], right[i]);
        }
    }
}
