using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Vectors.Standards;

/// <summary>X25519: the answers of RFC 7748, sections 5.2 and 6.1.</summary>
public sealed class Rfc7748Tests
{
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void TryAgree_ScalarAndPoint_GiveTheProduct(string scalar, string point, string product)
    {
        byte[] result = new byte[X25519.KeyBytes];
        using SecretBytes secretKey = SecretBytes.CopyFrom(Convert.FromHexString(scalar));
        Assert.True(X25519.TryAgree(secretKey, Convert.FromHexString(point), result));
        Assert.Equal(product, Convert.ToHexStringLower(result));
    }

    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    [InlineData(1_000_000, "7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424")]
    public void TryAgree_Repeated_GivesWhatTheStandardHas(int times, string expected)
    {
        Assert.SkipWhen(times > 1_000 && Environment.GetEnvironmentVariable("ZKS_TEST_LONG") != "1", "A million products take a minute: --long runs them.");
        byte[] scalar = new byte[X25519.KeyBytes];
        scalar[0] = 9;
        byte[] point = [.. scalar];
        byte[] result = new byte[X25519.KeyBytes];
        for (int i = 0; i < times; i++)
        {
            using SecretBytes secretKey = SecretBytes.CopyFrom(scalar);
            Assert.True(X25519.TryAgree(secretKey, point, result));
            (point, scalar, result) = (scalar, result, point);
        }

        Assert.Equal(expected, Convert.ToHexStringLower(scalar));
    }

    [Fact]
    public void TryAgree_AliceAndBob_AgreeOnTheSecret()
    {
        const string Secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        using X25519KeyPair alice = KeyPair("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        using X25519KeyPair bob = KeyPair("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] shared = new byte[X25519.KeyBytes];

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alice.PublicKey));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.PublicKey));
        Assert.True(X25519.TryAgree(alice.SecretKey, bob.PublicKey, shared));
        Assert.Equal(Secret, Convert.ToHexStringLower(shared));
        Assert.True(X25519.TryAgree(bob.SecretKey, alice.PublicKey, shared));
        Assert.Equal(Secret, Convert.ToHexStringLower(shared));
    }

    private static X25519KeyPair KeyPair(string secretKey) => new(SecretBytes.CopyFrom(Convert.FromHexString(secretKey)));
}
