using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ZeroKSync.Session;

/// <summary>ChaCha20-Poly1305 with Noise's nonces: four zero bytes, then the counter, little-endian. The tag follows the ciphertext.</summary>
internal sealed class FrameCipher : IDisposable
{
    internal const int KeyBytes = 32;
    internal const int TagBytes = 16;

    private const int NonceBytes = 12;
    private const int CounterOffset = 4;

    private readonly ChaCha20Poly1305 _cipher;

    internal FrameCipher(ReadOnlySpan<byte> key)
    {
        ThrowIfUnsupported();
        _cipher = new ChaCha20Poly1305(key);
    }

    internal static void ThrowIfUnsupported()
    {
        if (!ChaCha20Poly1305.IsSupported)
            throw new PlatformNotSupportedException("Sessions need ChaCha20-Poly1305, which this system's cryptographic library does not offer.");
    }

    /// <param name="output">As long as the plaintext, and the tag. The plaintext may lie at its start.</param>
    internal void Encrypt(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[CounterOffset..], counter);
        _cipher.Encrypt(nonce, plaintext, output[..plaintext.Length], output.Slice(plaintext.Length, TagBytes), associatedData);
    }

    /// <summary>False, with zeros, when anything was changed.</summary>
    internal bool TryDecrypt(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[CounterOffset..], counter);
        int length = input.Length - TagBytes;
        try
        {
            _cipher.Decrypt(nonce, input[..length], input[length..], plaintext[..length], associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext[..length]);
            return false;
        }
    }

    public void Dispose() => _cipher.Dispose();
}
