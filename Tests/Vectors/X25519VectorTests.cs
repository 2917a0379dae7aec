using System.Text.Json;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Vectors;

public sealed class X25519VectorTests
{
    [Fact]
    public void TryAgree_Wycheproof_AgreesAndRefusesZeroSecrets() =>
        WycheproofFile.Check("x25519_test.json", static (_, test) =>
        {
            byte[] shared = new byte[X25519.KeyBytes];
            using SecretBytes secretKey = SecretBytes.CopyFrom(test.Bytes("private"));
            bool agreed = X25519.TryAgree(secretKey, test.Bytes("public"), shared);
            byte[] expected = test.Bytes("shared");

            // "acceptable" leaves the choice open in general; here all-zero results, and nothing else, are refused.
            Assert.Equal(expected.AsSpan().ContainsAnyExcept((byte)0), agreed);
            Assert.Equal(expected, shared);
            return agreed;
        });
}
