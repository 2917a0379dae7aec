using System.Security.Cryptography;
using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Cryptography;

/// <summary>Key agreement over Curve25519 (RFC 7748). Keys and results are 32 bytes.</summary>
public static class X25519
{
    /// <summary>Bytes of a secret key, of a public key and of what two parties agree on.</summary>
    public const int KeyBytes = 32;

    /// <summary>A fresh key pair of random bytes.</summary>
    public static X25519KeyPair GenerateKeyPair() => new(SecretBytes.CreateRandom(KeyBytes));

    /// <summary>Computes the public key of a secret one.</summary>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static void GetPublicKey(SecretBytes secretKey, Span<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(secretKey);
        Argument.ThrowUnlessLength(secretKey.Length, KeyBytes, nameof(secretKey));
        Argument.ThrowUnlessLength(publicKey.Length, KeyBytes, nameof(publicKey));
        Sodium.ScalarMultiplyBase(publicKey, secretKey.Span);
    }

    /// <summary>
    /// Computes the shared secret. False, with zeros, when the result is all zero: the peer's key is of low order, and the result
    /// would not depend on the own key (RFC 7748, section 6.1).
    /// </summary>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static bool TryAgree(SecretBytes secretKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        ArgumentNullException.ThrowIfNull(secretKey);
        Argument.ThrowUnlessLength(secretKey.Length, KeyBytes, nameof(secretKey));
        Argument.ThrowUnlessLength(peerPublicKey.Length, KeyBytes, nameof(peerPublicKey));
        Argument.ThrowUnlessLength(sharedSecret.Length, KeyBytes, nameof(sharedSecret));
        if (Sodium.ScalarMultiply(sharedSecret, secretKey.Span, peerPublicKey) == 0)
        {
            return true;
        }

        CryptographicOperations.ZeroMemory(sharedSecret);
        return false;
    }
}
