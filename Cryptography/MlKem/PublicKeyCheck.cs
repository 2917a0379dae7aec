namespace ZeroKSync.Cryptography.MlKem;

/// <summary>The modulus check of FIPS 203, section 7.2. The key is public: the answer may take its time.</summary>
internal static class PublicKeyCheck
{
    /// <summary>Whether every coefficient of a public key is below q.</summary>
    internal static bool IsReduced(ReadOnlySpan<byte> publicKey)
    {
        Span<uint> t = stackalloc uint[Polynomial.Coefficients];
        for (int i = 0; i < PublicKeyEncryption.Rank; i++)
        {
            Polynomial.Decode(publicKey.Slice(i * Polynomial.EncodedBytes, Polynomial.EncodedBytes), PublicKeyEncryption.CoefficientBits, t);
            if (t.ContainsAnyExceptInRange(0u, Field.Q - 1))
            {
                return false;
            }
        }

        return true;
    }
}
