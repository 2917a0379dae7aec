using System.Security.Cryptography;

namespace ZeroKSync.Cryptography.MlKem;

/// <summary>ML-KEM-768 in managed code (FIPS 203, section 6), for systems whose cryptographic library has none.</summary>
internal sealed class ManagedMlKem768 : MlKem768
{
    private const int HashBytes = 32;
    private const int RejectionBytes = 32;
    private const int PublicKeyOffset = PublicKeyEncryption.SecretKeyBytes;
    private const int HashOffset = PublicKeyOffset + EncapsulationKeyBytes;
    private const int RejectionOffset = HashOffset + HashBytes;

    /// <summary>Algorithm 16: the decapsulation key in its long form.</summary>
    internal static void Expand(ReadOnlySpan<byte> seed, Span<byte> decapsulationKey)
    {
        Span<byte> publicKey = decapsulationKey.Slice(PublicKeyOffset, EncapsulationKeyBytes);
        PublicKeyEncryption.GenerateKey(seed[..PublicKeyEncryption.SeedBytes], publicKey, decapsulationKey[..PublicKeyOffset]);
        MlKemHash.H(publicKey, decapsulationKey.Slice(HashOffset, HashBytes));
        seed[PublicKeyEncryption.SeedBytes..].CopyTo(decapsulationKey[RejectionOffset..]);
    }

    /// <summary>Algorithm 17, after the key's check: false when it fails.</summary>
    internal static bool TryEncapsulate(ReadOnlySpan<byte> message, ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        if (!PublicKeyCheck.IsReduced(encapsulationKey))
        {
            ciphertext.Clear();
            sharedSecret.Clear();
            return false;
        }

        Span<byte> hash = stackalloc byte[HashBytes];
        Span<byte> randomness = stackalloc byte[PublicKeyEncryption.SeedBytes];
        MlKemHash.H(encapsulationKey, hash);
        MlKemHash.G(message, hash, sharedSecret, randomness);
        PublicKeyEncryption.Encrypt(encapsulationKey, message, randomness, ciphertext);
        CryptographicOperations.ZeroMemory(randomness);
        return true;
    }

    /// <summary>Algorithm 18, without the checks of lengths and of the key's own hash.</summary>
    internal static void Decapsulate(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ReadOnlySpan<byte> publicKey = decapsulationKey.Slice(PublicKeyOffset, EncapsulationKeyBytes);
        Span<byte> secrets = stackalloc byte[PublicKeyEncryption.MessageBytes + PublicKeyEncryption.SeedBytes + SharedSecretBytes];
        Span<byte> message = secrets[..PublicKeyEncryption.MessageBytes];
        Span<byte> randomness = secrets.Slice(PublicKeyEncryption.MessageBytes, PublicKeyEncryption.SeedBytes);
        Span<byte> rejected = secrets[(PublicKeyEncryption.MessageBytes + PublicKeyEncryption.SeedBytes)..];
        Span<byte> again = stackalloc byte[CiphertextBytes];

        PublicKeyEncryption.Decrypt(decapsulationKey[..PublicKeyOffset], ciphertext, message);
        MlKemHash.G(message, decapsulationKey.Slice(HashOffset, HashBytes), sharedSecret, randomness);
        MlKemHash.J(decapsulationKey.Slice(RejectionOffset, RejectionBytes), ciphertext, rejected);
        PublicKeyEncryption.Encrypt(publicKey, message, randomness, again);
        ReplaceUnlessEqual(ciphertext, again, sharedSecret, rejected);
        CryptographicOperations.ZeroMemory(secrets);
        CryptographicOperations.ZeroMemory(again);
    }

    private protected override void GetEncapsulationKeyCore(ReadOnlySpan<byte> seed, Span<byte> encapsulationKey)
    {
        using SecretBytes expanded = SecretBytes.Create(DecapsulationKeyBytes);
        Expand(seed, expanded.Writable);
        expanded.Span.Slice(PublicKeyOffset, EncapsulationKeyBytes).CopyTo(encapsulationKey);
    }

    private protected override bool TryEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        using SecretBytes message = SecretBytes.CreateRandom(PublicKeyEncryption.MessageBytes);
        return TryEncapsulate(message.Span, encapsulationKey, ciphertext, sharedSecret);
    }

    private protected override void DecapsulateCore(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        using SecretBytes expanded = SecretBytes.Create(DecapsulationKeyBytes);
        Expand(seed, expanded.Writable);
        Decapsulate(expanded.Span, ciphertext, sharedSecret);
    }

    private protected override bool TryDecapsulateExpandedCore(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        MlKemHash.H(decapsulationKey.Slice(PublicKeyOffset, EncapsulationKeyBytes), hash);
        if (!CryptographicOperations.FixedTimeEquals(hash, decapsulationKey.Slice(HashOffset, HashBytes)))
        {
            sharedSecret.Clear();
            return false;
        }

        Decapsulate(decapsulationKey, ciphertext, sharedSecret);
        return true;
    }

    // Implicit rejection: whether the ciphertexts are equal must show in nothing but the result, so the choice is a mask over every byte.
    private static void ReplaceUnlessEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> value, ReadOnlySpan<byte> replacement)
    {
        uint difference = 0;
        for (int i = 0; i < left.Length; i++)
        {
            difference |= (uint)(left[i] ^ right[i]);
        }

        // 0 stays 0; 1 to 255 become all ones.
        byte mask = (byte)((0 - difference) >> 24);
        for (int i = 0; i < value.Length; i++)
        {
            value[i] = (byte)((value[i] & ~mask) | (replacement[i] & mask));
        }
    }
}
