using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Cryptography;

/// <summary>
/// ML-KEM-768, the key encapsulation of FIPS 203. A decapsulation key is kept as its 64-byte seed. This class checks lengths once;
/// what computes is the system's library where it can, and managed code of this project where not.
/// </summary>
public abstract class MlKem768
{
    /// <summary>Bytes of a decapsulation key in its short form: d and z.</summary>
    public const int SeedBytes = 64;

    public const int EncapsulationKeyBytes = 1184;

    /// <summary>Bytes of a decapsulation key in its long form.</summary>
    public const int DecapsulationKeyBytes = 2400;

    public const int CiphertextBytes = 1088;

    public const int SharedSecretBytes = 32;

    private protected MlKem768()
    {
    }

    /// <summary>The implementation to use on this system.</summary>
    public static MlKem768 Default { get; } = PlatformMlKem768.IsSupported ? new PlatformMlKem768() : new ManagedMlKem768();

    /// <summary>Whether <see cref="Default"/> is the system's library; else it is managed code of this project.</summary>
    public static bool IsSystemProvided => Default is PlatformMlKem768;

    /// <summary>A fresh seed.</summary>
    public static SecretBytes GenerateSeed() => SecretBytes.CreateRandom(SeedBytes);

    /// <summary>Computes the public half of a seed.</summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void GetEncapsulationKey(SecretBytes seed, Span<byte> encapsulationKey)
    {
        ArgumentNullException.ThrowIfNull(seed);
        Argument.ThrowUnlessLength(seed.Length, SeedBytes, nameof(seed));
        Argument.ThrowUnlessLength(encapsulationKey.Length, EncapsulationKeyBytes, nameof(encapsulationKey));
        GetEncapsulationKeyCore(seed.Span, encapsulationKey);
    }

    /// <summary>Makes a shared secret and the ciphertext that carries it. False, with zeros, when the key fails the modulus check.</summary>
    /// <param name="encapsulationKey">1184 bytes; any content, it may come from a peer.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public bool TryEncapsulate(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        Argument.ThrowUnlessLength(encapsulationKey.Length, EncapsulationKeyBytes, nameof(encapsulationKey));
        Argument.ThrowUnlessLength(ciphertext.Length, CiphertextBytes, nameof(ciphertext));
        Argument.ThrowUnlessLength(sharedSecret.Length, SharedSecretBytes, nameof(sharedSecret));
        return TryEncapsulateCore(encapsulationKey, ciphertext, sharedSecret);
    }

    /// <summary>
    /// Recovers the shared secret. A ciphertext that was not made for this key gives a secret nobody else knows (implicit rejection):
    /// there is nothing to report, and the next authenticated message fails.
    /// </summary>
    /// <param name="ciphertext">1088 bytes; any content, it may come from a peer.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Decapsulate(SecretBytes seed, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ArgumentNullException.ThrowIfNull(seed);
        Argument.ThrowUnlessLength(seed.Length, SeedBytes, nameof(seed));
        Argument.ThrowUnlessLength(ciphertext.Length, CiphertextBytes, nameof(ciphertext));
        Argument.ThrowUnlessLength(sharedSecret.Length, SharedSecretBytes, nameof(sharedSecret));
        DecapsulateCore(seed.Span, ciphertext, sharedSecret);
    }

    /// <summary>The same with a key in its long form. False, with zeros, when the key's own hash does not fit (FIPS 203, section 7.3).</summary>
    /// <param name="decapsulationKey">2400 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public bool TryDecapsulateExpanded(SecretBytes decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ArgumentNullException.ThrowIfNull(decapsulationKey);
        Argument.ThrowUnlessLength(decapsulationKey.Length, DecapsulationKeyBytes, nameof(decapsulationKey));
        Argument.ThrowUnlessLength(ciphertext.Length, CiphertextBytes, nameof(ciphertext));
        Argument.ThrowUnlessLength(sharedSecret.Length, SharedSecretBytes, nameof(sharedSecret));
        return TryDecapsulateExpandedCore(decapsulationKey.Span, ciphertext, sharedSecret);
    }

    private protected abstract void GetEncapsulationKeyCore(ReadOnlySpan<byte> seed, Span<byte> encapsulationKey);

    private protected abstract bool TryEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret);

    private protected abstract void DecapsulateCore(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret);

    private protected abstract bool TryDecapsulateExpandedCore(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret);
}
