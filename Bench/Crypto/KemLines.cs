using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Bench.Crypto;

/// <summary>ML-KEM-768 in both implementations, where the system has one of its own, beside the X25519 operation of the same place in a handshake.</summary>
internal static class KemLines
{
    private const string Unit = "1/s";

    public static IEnumerable<CryptoLine> All()
    {
        foreach (CryptoLine line in Of("own", new ManagedMlKem768()))
            yield return line;

        if (!PlatformMlKem768.IsSupported)
            yield break;

        foreach (CryptoLine line in Of("the system's", new PlatformMlKem768()))
            yield return line;
    }

    private static IEnumerable<CryptoLine> Of(string name, MlKem768 kem)
    {
        yield return new CryptoLine($"ML-KEM-768 key, {name}", Unit, 1, "X25519 key", () =>
        {
            byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
            return new CryptoWork(
                () =>
                {
                    using SecretBytes seed = MlKem768.GenerateSeed();
                    kem.GetEncapsulationKey(seed, key);
                },
                () => X25519.GenerateKeyPair().Dispose());
        });
        yield return new CryptoLine($"ML-KEM-768 encapsulation, {name}", Unit, 1, "X25519 product", () =>
        {
            using SecretBytes seed = MlKem768.GenerateSeed();
            byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
            byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
            byte[] secret = new byte[MlKem768.SharedSecretBytes];
            kem.GetEncapsulationKey(seed, key);
            return new CryptoWork(() => kem.TryEncapsulate(key, ciphertext, secret), Product());
        });
        yield return new CryptoLine($"ML-KEM-768 decapsulation from a seed, {name}", Unit, 1, "X25519 product", () =>
        {
            SecretBytes seed = MlKem768.GenerateSeed();
            byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
            byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
            byte[] secret = new byte[MlKem768.SharedSecretBytes];
            kem.GetEncapsulationKey(seed, key);
            kem.TryEncapsulate(key, ciphertext, secret);
            return new CryptoWork(() => kem.Decapsulate(seed, ciphertext, secret), Product());
        });
    }

    private static Action Product()
    {
        X25519KeyPair own = X25519.GenerateKeyPair();
        X25519KeyPair peer = X25519.GenerateKeyPair();
        byte[] secret = new byte[X25519.KeyBytes];
        return () => X25519.TryAgree(own.SecretKey, peer.PublicKey, secret);
    }
}
