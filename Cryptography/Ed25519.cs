using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Cryptography;

/// <summary>Signatures over edwards25519 (RFC 8032): group admission, rotation statements, deletions. The secret is the 32-byte seed.</summary>
public static class Ed25519
{
    public const int SeedBytes = 32;

    public const int PublicKeyBytes = 32;

    public const int SignatureBytes = 64;

    private const int ExpandedKeyBytes = SeedBytes + PublicKeyBytes;

    /// <summary>Computes the public key of a seed.</summary>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static void GetPublicKey(SecretBytes seed, Span<byte> publicKey)
    {
        Argument.ThrowUnlessLength(publicKey.Length, PublicKeyBytes, nameof(publicKey));
        using SecretBytes expanded = Expand(seed, publicKey);
    }

    /// <summary>Signs a message.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="message">Of any length.</param>
    /// <param name="signature">Receives 64 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Sign(SecretBytes seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Argument.ThrowUnlessLength(signature.Length, SignatureBytes, nameof(signature));
        Span<byte> publicKey = stackalloc byte[PublicKeyBytes];
        using SecretBytes expanded = Expand(seed, publicKey);
        Sodium.SignDetached(signature, 0, message, (ulong)message.Length, expanded.Span);
    }

    /// <summary>Whether a signature is valid. A key or signature of a wrong length is not: both may come from a peer.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeyBytes
        && signature.Length == SignatureBytes
        && Sodium.SignVerifyDetached(signature, message, (ulong)message.Length, publicKey) == 0;

    // libsodium signs with seed and public key side by side: computed for each signature, so that nobody stores a pair that does not match.
    private static SecretBytes Expand(SecretBytes seed, Span<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(seed);
        Argument.ThrowUnlessLength(seed.Length, SeedBytes, nameof(seed));
        SecretBytes expanded = SecretBytes.Create(ExpandedKeyBytes);
        Sodium.SignKeyPairFromSeed(publicKey, expanded.Writable, seed.Span);
        return expanded;
    }
}
