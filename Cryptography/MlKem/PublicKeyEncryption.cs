using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ZeroKSync.Cryptography.MlKem;

/// <summary>K-PKE of FIPS 203, section 5, with the parameters of ML-KEM-768. Not to be used but by <see cref="ManagedMlKem768"/>: alone it is not secure against chosen ciphertexts.</summary>
internal static class PublicKeyEncryption
{
    internal const int Rank = 3;
    internal const int SeedBytes = 32;
    internal const int MessageBytes = 32;
    internal const int SecretKeyBytes = Rank * Polynomial.EncodedBytes;
    internal const int PublicKeyBytes = SecretKeyBytes + SeedBytes;
    internal const int CoefficientBits = 12;

    private const int N = Polynomial.Coefficients;
    private const int BitsU = 10;
    private const int BitsV = 4;
    private const int EncodedBytesU = N * BitsU / 8;

    /// <summary>Algorithm 13.</summary>
    internal static void GenerateKey(ReadOnlySpan<byte> d, Span<byte> publicKey, Span<byte> secretKey)
    {
        Span<byte> noiseSeed = stackalloc byte[SeedBytes];
        Span<uint> s = stackalloc uint[Rank * N];
        Span<uint> row = stackalloc uint[3 * N];
        Span<uint> a = row.Slice(N, N);
        Span<uint> t = row.Slice(2 * N, N);
        Span<byte> publicSeed = publicKey[SecretKeyBytes..];
        MlKemHash.G(d, [Rank], publicSeed, noiseSeed);
        for (int i = 0; i < Rank; i++)
        {
            Span<uint> si = s.Slice(i * N, N);
            Sampling.Noise(noiseSeed, (byte)i, si);
            NumberTheoreticTransform.Forward(si);
            Polynomial.Encode(si, CoefficientBits, secretKey.Slice(i * Polynomial.EncodedBytes, Polynomial.EncodedBytes));
        }

        for (int i = 0; i < Rank; i++)
        {
            Sampling.Noise(noiseSeed, (byte)(Rank + i), t);
            NumberTheoreticTransform.Forward(t);
            for (int j = 0; j < Rank; j++)
            {
                PublicMatrix.Sample(publicSeed, j, i, a);
                NumberTheoreticTransform.MultiplyAdd(a, s.Slice(j * N, N), t);
            }

            Polynomial.Encode(t, CoefficientBits, publicKey.Slice(i * Polynomial.EncodedBytes, Polynomial.EncodedBytes));
        }

        CryptographicOperations.ZeroMemory(noiseSeed);
        Zero(s);
        Zero(row);
    }

    /// <summary>Algorithm 14.</summary>
    internal static void Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> randomness, Span<byte> ciphertext)
    {
        Span<uint> y = stackalloc uint[Rank * N];
        Span<uint> work = stackalloc uint[3 * N];
        Span<uint> sum = work[..N];
        Span<uint> factor = work.Slice(N, N);
        Span<uint> noise = work.Slice(2 * N, N);
        ReadOnlySpan<byte> publicSeed = publicKey.Slice(SecretKeyBytes, SeedBytes);
        for (int i = 0; i < Rank; i++)
        {
            Sampling.Noise(randomness, (byte)i, y.Slice(i * N, N));
            NumberTheoreticTransform.Forward(y.Slice(i * N, N));
        }

        for (int i = 0; i < Rank; i++)
        {
            sum.Clear();
            for (int j = 0; j < Rank; j++)
            {
                // The transposed matrix: row and column change places.
                PublicMatrix.Sample(publicSeed, i, j, factor);
                NumberTheoreticTransform.MultiplyAdd(factor, y.Slice(j * N, N), sum);
            }

            NumberTheoreticTransform.Inverse(sum);
            Sampling.Noise(randomness, (byte)(Rank + i), noise);
            Polynomial.Add(sum, noise);
            Polynomial.EncodeCompressed(sum, BitsU, ciphertext.Slice(i * EncodedBytesU, EncodedBytesU));
        }

        sum.Clear();
        for (int j = 0; j < Rank; j++)
        {
            Polynomial.Decode(publicKey.Slice(j * Polynomial.EncodedBytes, Polynomial.EncodedBytes), CoefficientBits, factor);
            NumberTheoreticTransform.MultiplyAdd(factor, y.Slice(j * N, N), sum);
        }

        NumberTheoreticTransform.Inverse(sum);
        Sampling.Noise(randomness, 2 * Rank, noise);
        Polynomial.Add(sum, noise);
        Polynomial.DecodeCompressed(message, 1, noise);
        Polynomial.Add(sum, noise);
        Polynomial.EncodeCompressed(sum, BitsV, ciphertext[(Rank * EncodedBytesU)..]);
        Zero(y);
        Zero(work);
    }

    /// <summary>Algorithm 15.</summary>
    internal static void Decrypt(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> message)
    {
        Span<uint> work = stackalloc uint[3 * N];
        Span<uint> sum = work[..N];
        Span<uint> u = work.Slice(N, N);
        Span<uint> s = work.Slice(2 * N, N);
        sum.Clear();
        for (int i = 0; i < Rank; i++)
        {
            Polynomial.DecodeCompressed(ciphertext.Slice(i * EncodedBytesU, EncodedBytesU), BitsU, u);
            NumberTheoreticTransform.Forward(u);
            Polynomial.Decode(secretKey.Slice(i * Polynomial.EncodedBytes, Polynomial.EncodedBytes), CoefficientBits, s);
            foreach (ref uint coefficient in s)
            {
                coefficient = Field.Reduce(coefficient);
            }

            NumberTheoreticTransform.MultiplyAdd(s, u, sum);
        }

        NumberTheoreticTransform.Inverse(sum);
        Polynomial.DecodeCompressed(ciphertext[(Rank * EncodedBytesU)..], BitsV, u);
        Polynomial.SubtractFrom(u, sum);
        Polynomial.EncodeCompressed(sum, 1, message);
        Zero(work);
    }

    private static void Zero(Span<uint> secret) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret));
}
