using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>A device's two key pairs: X25519, whose public half is its id, and ML-KEM-768, whose public half is in its card.</summary>
internal sealed class DeviceKeys : IDisposable
{
    /// <summary>Bytes of both secret halves, as stored.</summary>
    public const int StoredBytes = X25519.KeyBytes + MlKem768.SeedBytes;

    private DeviceKeys(X25519KeyPair agreement, SecretBytes kemSeed)
    {
        Agreement = agreement;
        KemSeed = kemSeed;
        DeviceId = DeviceId.Read(agreement.PublicKey);
    }

    public DeviceId DeviceId { get; }

    public X25519KeyPair Agreement { get; }

    public SecretBytes KemSeed { get; }

    public static DeviceKeys Generate() => new(X25519.GenerateKeyPair(), MlKem768.GenerateSeed());

    /// <param name="stored">Exactly <see cref="StoredBytes"/>; wiping it is the caller's.</param>
    public static DeviceKeys Load(ReadOnlySpan<byte> stored)
    {
        if (stored.Length != StoredBytes)
            throw new ArgumentException("The stored keys have another length.", nameof(stored));

        return new DeviceKeys(new X25519KeyPair(SecretBytes.CopyFrom(stored[..X25519.KeyBytes])), SecretBytes.CopyFrom(stored[X25519.KeyBytes..]));
    }

    public void Save(Span<byte> stored)
    {
        Agreement.SecretKey.Span.CopyTo(stored);
        KemSeed.Span.CopyTo(stored[X25519.KeyBytes..]);
    }

    public void Dispose()
    {
        Agreement.Dispose();
        KemSeed.Dispose();
    }
}
