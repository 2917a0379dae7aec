using System.Text.Json;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Vectors;

public sealed class HkdfVectorTests
{
    [Fact]
    public void Derive_Wycheproof_GivesItsBytes() =>
        WycheproofFile.Check("hkdf_sha256_test.json", static (_, test) =>
        {
            int size = test.GetProperty("size").GetInt32();
            byte[] output = new byte[size];
            if (size > Hkdf.OutputBytesMax)
            {
                Assert.ThrowsAny<ArgumentException>(() => Hkdf.Derive(test.Bytes("ikm"), test.Bytes("salt"), test.Bytes("info"), output));
                return false;
            }

            byte[] key = new byte[Hkdf.KeyBytes];
            byte[] expanded = new byte[size];
            Hkdf.Derive(test.Bytes("ikm"), test.Bytes("salt"), test.Bytes("info"), output);
            Hkdf.Extract(test.Bytes("salt"), test.Bytes("ikm"), key);
            Hkdf.Expand(key, test.Bytes("info"), expanded);
            Assert.Equal(output, expanded);
            return output.AsSpan().SequenceEqual(test.Bytes("okm"));
        });

    [Fact]
    public void Derive_GroupKeys_GiveTheirBytes()
    {
        foreach (JsonElement test in VectorFile.Open("primitives.json").GetProperty("hkdf_group_keys").EnumerateArray())
        {
            byte[] output = new byte[32];
            Hkdf.Derive(test.Bytes("group_secret"), Labels.GroupKeySalt, Labels.SyncKey, output);
            Assert.Equal(test.Bytes("encryption_key"), output);
            Hkdf.Derive(test.Bytes("group_secret"), Labels.GroupKeySalt, Labels.AdmissionSeed, output);
            Assert.Equal(test.Bytes("auth_key"), output);
        }
    }
}
