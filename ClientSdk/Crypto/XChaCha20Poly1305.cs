using ZeroKSync.Client.Crypto.Interop;

namespace ZeroKSync.Client.Crypto;

/// <summary>XChaCha20-Poly1305 with 192-bit nonces (draft-irtf-cfrg-xchacha-03): long enough to be random for every use of a key.</summary>
internal static class XChaCha20Poly1305
{
    public const int KeyBytes = 32;

    public const int NonceBytes = 24;

    public const int TagBytes = 16;

    /// <param name="ciphertext">Message and tag: <see cref="TagBytes"/> longer than the message.</param>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> ciphertext)
    {
        Check(key, nonce);
        if (ciphertext.Length != message.Length + TagBytes)
            throw new ArgumentException("The ciphertext is the message and a tag.", nameof(ciphertext));

        _ = Sodium.XChaChaEncrypt(ciphertext, out _, message, (ulong)message.Length, associatedData, (ulong)associatedData.Length, 0, nonce, key);
    }

    /// <summary>False when it was not made with this key, nonce and associated data, or is shorter than a tag.</summary>
    public static bool TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> message)
    {
        Check(key, nonce);
        return ciphertext.Length >= TagBytes
            && message.Length == ciphertext.Length - TagBytes
            && Sodium.XChaChaDecrypt(message, out _, 0, ciphertext, (ulong)ciphertext.Length, associatedData, (ulong)associatedData.Length, nonce, key) == 0;
    }

    private static void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        if (key.Length != KeyBytes || nonce.Length != NonceBytes)
            throw new ArgumentException("A key has 32 bytes and a nonce 24.");
    }
}
