using System.Text.Json;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Vectors.ClientSdk;

public sealed class PassphraseKeyVectorTests
{
    [Fact]
    public void Derive_KnownAnswers_GiveTheSecretAndBothKeys()
    {
        int derived = 0;
        foreach (JsonElement test in VectorFile.Open("primitives.json").GetProperty("argon2id").EnumerateArray())
        {
            var parameters = new PassphraseParameters(test.GetProperty("memory_kib").GetUInt32(), test.GetProperty("iterations").GetByte());
            byte[] salt = test.Bytes("salt");
            if (salt.Length != PassphraseKey.SaltBytes)
            {
                // The product makes and takes salts of one length; libsodium computes no other.
                Assert.Throws<ArgumentException>(() => PassphraseKey.Derive(test.Text("passphrase"), salt, parameters));
                continue;
            }

            byte[] passphrase = test.Bytes("passphrase_hex");
            using SecretBytes secret = PassphraseKey.DeriveFromBytes(passphrase, salt, parameters);
            Assert.True(secret.FixedTimeEquals(test.Bytes("group_secret")), test.Text("name"));
            using var keys = new GroupKeys(default(KeyEpoch), secret);
            Assert.True(keys.SyncKey.FixedTimeEquals(test.Bytes("encryption_key")), test.Text("name"));
            Assert.True(keys.AdmissionSeed.FixedTimeEquals(test.Bytes("auth_key")), test.Text("name"));
            derived++;
            string text = test.Text("passphrase");
            if (text.Length < PassphraseText.CharactersMin)
                continue;

            if (!PassphraseText.IsNormalizing && !System.Text.Ascii.IsValid(text))
            {
                // Never a key that a device with globalization data would not make.
                Assert.Throws<ArgumentException>(() => PassphraseKey.Derive(text, salt, parameters));
                continue;
            }

            using SecretBytes typed = PassphraseKey.Derive(text, salt, parameters);
            Assert.True(typed.FixedTimeEquals(secret), test.Text("name"));
        }

        Assert.Equal(9, derived);
    }
}
