using System.Text.Json;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Vectors;

/// <summary>
/// What an implementation in another language says (Generators/mlkem). An encapsulation from a given message is asked of the managed code alone:
/// the system's library draws its own, so what it sends is opened by the managed code instead.
/// </summary>
public sealed class MlKem768KnownAnswerTests
{
    private static readonly JsonElement Answers = KnownAnswers.Open("mlkem.json");
    private static readonly JsonElement[] Agreements = [.. Answers.GetProperty("agreements").EnumerateArray()];

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void GetEncapsulationKey_Seeds_GiveTheirKeys(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        Assert.Equal(16, Agreements.Length);
        byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
        foreach (JsonElement test in Agreements)
        {
            using SecretBytes seed = SecretBytes.CopyFrom(test.Bytes("seed"));
            kem.GetEncapsulationKey(seed, key);
            Assert.Equal(test.Bytes("encapsulationKey"), key);
        }
    }

    [Fact]
    public void Expand_Seeds_GiveTheirLongKeys()
    {
        byte[] key = new byte[MlKem768.DecapsulationKeyBytes];
        byte[] hash = new byte[32];
        foreach (JsonElement test in Agreements)
        {
            ManagedMlKem768.Expand(test.Bytes("seed"), key);
            MlKemHash.H(key, hash);
            Assert.Equal(test.Bytes("decapsulationKeyHash"), hash);
        }
    }

    [Fact]
    public void TryEncapsulate_Messages_GiveTheirCiphertextsAndSecrets()
    {
        byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
        byte[] sharedSecret = new byte[MlKem768.SharedSecretBytes];
        foreach (JsonElement test in Agreements)
        {
            Assert.True(ManagedMlKem768.TryEncapsulate(test.Bytes("message"), test.Bytes("encapsulationKey"), ciphertext, sharedSecret));
            Assert.Equal(test.Bytes("ciphertext"), ciphertext);
            Assert.Equal(test.Bytes("sharedSecret"), sharedSecret);
        }
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void TryEncapsulate_FreshMessages_AreDecapsulatedByTheManagedCode(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        var managed = new ManagedMlKem768();
        byte[] sent = new byte[MlKem768.SharedSecretBytes];
        byte[] received = new byte[MlKem768.SharedSecretBytes];
        byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
        foreach (JsonElement test in Agreements)
        {
            using SecretBytes seed = SecretBytes.CopyFrom(test.Bytes("seed"));
            Assert.True(kem.TryEncapsulate(test.Bytes("encapsulationKey"), ciphertext, sent));
            managed.Decapsulate(seed, ciphertext, received);
            Assert.Equal(sent, received);
            Assert.NotEqual(test.Bytes("sharedSecret"), sent);
        }
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void Decapsulate_Ciphertexts_GiveTheirSecrets(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        foreach (JsonElement test in Agreements)
            AssertDecapsulates(kem, test.Bytes("seed"), test.Bytes("ciphertext"), test.Bytes("sharedSecret"));
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void Decapsulate_AlteredCiphertexts_GiveTheSecretOfTheirRejection(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        JsonElement[] cases = [.. Answers.GetProperty("rejections").EnumerateArray()];
        Assert.Equal(55, cases.Length);
        foreach (JsonElement test in cases)
            AssertDecapsulates(kem, Agreements[test.GetProperty("key").GetInt32()].Bytes("seed"), test.Bytes("ciphertext"), test.Bytes("sharedSecret"));
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void TryEncapsulate_CoefficientsFromQOn_AreRefusedWithZeros(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        JsonElement[] cases = [.. Answers.GetProperty("encapsulationKeys").EnumerateArray()];
        Assert.Equal(10, cases.Length);
        foreach (JsonElement test in cases)
        {
            bool isAccepted = test.GetProperty("isAccepted").GetBoolean();
            byte[] key = test.Bytes("encapsulationKey");
            byte[] ciphertext = Filled(MlKem768.CiphertextBytes);
            byte[] sharedSecret = Filled(MlKem768.SharedSecretBytes);
            Assert.Equal(isAccepted, kem.TryEncapsulate(key, ciphertext, sharedSecret));
            Assert.Equal(isAccepted, ciphertext.AsSpan().ContainsAnyExcept((byte)0));
            Assert.Equal(isAccepted, sharedSecret.AsSpan().ContainsAnyExcept((byte)0));
            Assert.Equal(isAccepted, ManagedMlKem768.TryEncapsulate(test.Bytes("message"), key, ciphertext, sharedSecret));
            if (isAccepted)
            {
                Assert.Equal(test.Bytes("ciphertext"), ciphertext);
                Assert.Equal(test.Bytes("sharedSecret"), sharedSecret);
            }
        }
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void TryDecapsulateExpanded_AlteredKeys_AreRefusedWithZerosWhereTheirHashDoesNotFit(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        JsonElement[] cases = [.. Answers.GetProperty("decapsulationKeys").EnumerateArray()];
        Assert.Equal(6, cases.Length);
        foreach (JsonElement test in cases)
        {
            bool isAccepted = test.GetProperty("isAccepted").GetBoolean();
            using SecretBytes key = SecretBytes.Create(MlKem768.DecapsulationKeyBytes);
            ManagedMlKem768.Expand(Agreements[test.GetProperty("key").GetInt32()].Bytes("seed"), key.Writable);
            key.Writable[test.GetProperty("at").GetInt32()] ^= test.GetProperty("mask").GetByte();
            byte[] sharedSecret = Filled(MlKem768.SharedSecretBytes);
            Assert.Equal(isAccepted, kem.TryDecapsulateExpanded(key, test.Bytes("ciphertext"), sharedSecret));
            Assert.Equal(isAccepted ? test.Bytes("sharedSecret") : new byte[MlKem768.SharedSecretBytes], sharedSecret);
        }
    }

    [Theory]
    [MemberData(nameof(MlKemImplementation.All), MemberType = typeof(MlKemImplementation))]
    public void EveryCall_WithALengthOneOff_Throws(string implementation)
    {
        MlKem768 kem = MlKemImplementation.Create(implementation);
        byte[] key = Agreements[0].Bytes("encapsulationKey");
        byte[] ciphertext = Agreements[0].Bytes("ciphertext");
        byte[] secret = new byte[MlKem768.SharedSecretBytes];
        using SecretBytes seed = SecretBytes.CopyFrom(Agreements[0].Bytes("seed"));
        using SecretBytes expanded = SecretBytes.Create(MlKem768.DecapsulationKeyBytes);
        ManagedMlKem768.Expand(seed.Span, expanded.Writable);
        foreach (int off in (int[])[-1, 1])
        {
            using SecretBytes otherSeed = SecretBytes.Create(seed.Length + off);
            using SecretBytes otherExpanded = SecretBytes.Create(expanded.Length + off);
            byte[] otherKey = new byte[key.Length + off];
            byte[] otherCiphertext = new byte[ciphertext.Length + off];
            byte[] otherSecret = new byte[secret.Length + off];
            Assert.Throws<ArgumentException>(() => kem.GetEncapsulationKey(otherSeed, key));
            Assert.Throws<ArgumentException>(() => kem.GetEncapsulationKey(seed, otherKey));
            Assert.Throws<ArgumentException>(() => kem.TryEncapsulate(otherKey, ciphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.TryEncapsulate(key, otherCiphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.TryEncapsulate(key, ciphertext, otherSecret));
            Assert.Throws<ArgumentException>(() => kem.Decapsulate(otherSeed, ciphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.Decapsulate(seed, otherCiphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.Decapsulate(seed, ciphertext, otherSecret));
            Assert.Throws<ArgumentException>(() => kem.TryDecapsulateExpanded(otherExpanded, ciphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.TryDecapsulateExpanded(expanded, otherCiphertext, secret));
            Assert.Throws<ArgumentException>(() => kem.TryDecapsulateExpanded(expanded, ciphertext, otherSecret));
        }
    }

    // Both forms of the key: the seed, and what it expands to.
    private static void AssertDecapsulates(MlKem768 kem, byte[] seedBytes, byte[] ciphertext, byte[] expected)
    {
        using SecretBytes seed = SecretBytes.CopyFrom(seedBytes);
        using SecretBytes expanded = SecretBytes.Create(MlKem768.DecapsulationKeyBytes);
        ManagedMlKem768.Expand(seedBytes, expanded.Writable);
        byte[] sharedSecret = new byte[MlKem768.SharedSecretBytes];
        kem.Decapsulate(seed, ciphertext, sharedSecret);
        Assert.Equal(expected, sharedSecret);
        sharedSecret.AsSpan().Clear();
        Assert.True(kem.TryDecapsulateExpanded(expanded, ciphertext, sharedSecret));
        Assert.Equal(expected, sharedSecret);
    }

    private static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)0xa5, length)];
}
