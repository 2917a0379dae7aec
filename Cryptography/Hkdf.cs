using System.Security.Cryptography;

namespace ZeroKSync.Cryptography;

/// <summary>HKDF with SHA-256 (RFC 5869). Outputs are spans, so that they can lie in a <see cref="SecretBytes"/>.</summary>
public static class Hkdf
{
    /// <summary>Bytes of a pseudorandom key.</summary>
    public const int KeyBytes = SHA256.HashSizeInBytes;

    /// <summary>The longest output of one expansion.</summary>
    public const int OutputBytesMax = 255 * SHA256.HashSizeInBytes;

    /// <summary>Concentrates input keying material into a key of <see cref="KeyBytes"/>.</summary>
    /// <param name="salt">May be empty.</param>
    /// <param name="inputKey">May be empty, as Noise's Split wants it: hence HMAC itself, because OpenSSL's HKDF refuses an empty key.</param>
    /// <param name="key">Receives <see cref="KeyBytes"/>.</param>
    public static void Extract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKey, Span<byte> key)
    {
        Argument.ThrowUnlessLength(key.Length, KeyBytes, nameof(key));
        HMACSHA256.HashData(salt, inputKey, key);
    }

    /// <summary>Expands a key into as many bytes as <paramref name="output"/> has.</summary>
    /// <param name="key">At least <see cref="KeyBytes"/>.</param>
    /// <param name="info">What the output is for: a label of <see cref="Labels"/> first.</param>
    /// <param name="output">1 to <see cref="OutputBytesMax"/> bytes.</param>
    public static void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, Span<byte> output) =>
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, info);

    /// <summary>Extract and expand in one.</summary>
    public static void Derive(ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info, Span<byte> output)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Extract(salt, inputKey, key);
        Expand(key, info, output);
        CryptographicOperations.ZeroMemory(key);
    }
}
