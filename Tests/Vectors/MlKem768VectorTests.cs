using System.Text.Json;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Tests.Vectors;

/// <summary>Both implementations run the same files; the one a system lacks is skipped by name.</summary>
public sealed class MlKem768VectorTests
{
    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void GetEncapsulationKey_Wycheproof_GivesItsBytes(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        WycheproofFile.Check("mlkem_768_keygen_seed_test.json", (_, test) =>
        {
            using SecretBytes seed = SecretBytes.CopyFrom(test.Bytes("seed"));
            byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
            kem.GetEncapsulationKey(seed, key);
            byte[] expanded = new byte[MlKem768.DecapsulationKeyBytes];
            ManagedMlKem768.Expand(seed.Span, expanded);
            return key.AsSpan().SequenceEqual(test.Bytes("ek")) && expanded.AsSpan().SequenceEqual(test.Bytes("dk"));
        });
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void TryEncapsulate_Wycheproof_GivesItsBytesAndRefusesUnreducedKeys(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        WycheproofFile.Check("mlkem_768_encaps_test.json", (_, test) =>
        {
            byte[] key = test.Bytes("ek");
            byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
            byte[] sharedSecret = new byte[MlKem768.SharedSecretBytes];
            if (key.Length != MlKem768.EncapsulationKeyBytes)
            {
                Assert.Throws<ArgumentException>(() => kem.TryEncapsulate(key, ciphertext, sharedSecret));
                return false;
            }

            bool isAccepted = kem.TryEncapsulate(key, ciphertext, sharedSecret);
            bool isAcceptedManaged = ManagedMlKem768.TryEncapsulate(test.Bytes("m"), key, ciphertext, sharedSecret);
            Assert.Equal(isAccepted, isAcceptedManaged);
            return isAccepted && ciphertext.AsSpan().SequenceEqual(test.Bytes("c")) && sharedSecret.AsSpan().SequenceEqual(test.Bytes("K"));
        });
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void Decapsulate_Wycheproof_GivesItsBytes(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        WycheproofFile.Check("mlkem_768_test.json", (_, test) =>
        {
            byte[] seedBytes = test.Bytes("seed");
            byte[] ciphertext = test.Bytes("c");
            byte[] sharedSecret = new byte[MlKem768.SharedSecretBytes];
            using SecretBytes seed = SecretBytes.CopyFrom(seedBytes);
            if (seedBytes.Length != MlKem768.SeedBytes || ciphertext.Length != MlKem768.CiphertextBytes)
            {
                Assert.Throws<ArgumentException>(() => kem.Decapsulate(seed, ciphertext, sharedSecret));
                return false;
            }

            kem.Decapsulate(seed, ciphertext, sharedSecret);
            return sharedSecret.AsSpan().SequenceEqual(test.Bytes("K"));
        });
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void TryDecapsulateExpanded_Wycheproof_RefusesKeysThatDoNotFitTheirHash(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        WycheproofFile.Check("mlkem_768_semi_expanded_decaps_test.json", (_, test) =>
        {
            byte[] ciphertext = test.Bytes("c");
            byte[] sharedSecret = new byte[MlKem768.SharedSecretBytes];
            using SecretBytes key = SecretBytes.CopyFrom(test.Bytes("dk"));
            if (key.Length != MlKem768.DecapsulationKeyBytes || ciphertext.Length != MlKem768.CiphertextBytes)
            {
                Assert.Throws<ArgumentException>(() => kem.TryDecapsulateExpanded(key, ciphertext, sharedSecret));
                return false;
            }

            return kem.TryDecapsulateExpanded(key, ciphertext, sharedSecret)
                && (!test.TryGetProperty("K", out JsonElement _) || sharedSecret.AsSpan().SequenceEqual(test.Bytes("K")));
        });
    }
}
