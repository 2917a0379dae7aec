using System.Security.Cryptography;

namespace ZeroKSync.Cryptography.MlKem;

/// <summary>ML-KEM-768 of the system's cryptographic library, where it has one (OpenSSL 3.5, Windows 11).</summary>
internal sealed class PlatformMlKem768 : MlKem768
{
    internal static bool IsSupported => MLKem.IsSupported;

    private protected override void GetEncapsulationKeyCore(ReadOnlySpan<byte> seed, Span<byte> encapsulationKey)
    {
        using MLKem key = MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, seed);
        key.ExportEncapsulationKey(encapsulationKey);
    }

    private protected override bool TryEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        // Checked here too: libraries differ in when they refuse such a key, and the answer must be false, not an exception.
        if (!PublicKeyCheck.IsReduced(encapsulationKey))
        {
            ciphertext.Clear();
            sharedSecret.Clear();
            return false;
        }

        using MLKem key = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, encapsulationKey);
        key.Encapsulate(ciphertext, sharedSecret);
        return true;
    }

    private protected override void DecapsulateCore(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        using MLKem key = MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, seed);
        key.Decapsulate(ciphertext, sharedSecret);
    }

    private protected override bool TryDecapsulateExpandedCore(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        MLKem key;
        try
        {
            key = MLKem.ImportDecapsulationKey(MLKemAlgorithm.MLKem768, decapsulationKey);
        }
        catch (CryptographicException)
        {
            // The key's hash check failed.
            sharedSecret.Clear();
            return false;
        }

        using (key)
        {
            key.Decapsulate(ciphertext, sharedSecret);
            return true;
        }
    }
}
