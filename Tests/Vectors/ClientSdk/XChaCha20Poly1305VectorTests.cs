using System.Text.Json;
using ZeroKSync.Client.Crypto;

namespace ZeroKSync.Tests.Vectors.ClientSdk;

public sealed class XChaCha20Poly1305VectorTests
{
    private const int NonceBits = 192;

    [Fact]
    public void Encrypt_KnownAnswers_GiveTheirBytesAndOpen()
    {
        foreach (JsonElement test in VectorFile.Open("primitives.json").GetProperty("xchacha20poly1305").EnumerateArray())
        {
            byte[] plaintext = test.Bytes("plaintext");
            byte[] ciphertext = new byte[plaintext.Length + XChaCha20Poly1305.TagBytes];
            XChaCha20Poly1305.Encrypt(test.Bytes("key"), test.Bytes("nonce"), plaintext, test.Bytes("aad"), ciphertext);
            Assert.Equal(test.Bytes("ciphertext_with_tag"), ciphertext);

            byte[] opened = new byte[plaintext.Length];
            Assert.True(XChaCha20Poly1305.TryDecrypt(test.Bytes("key"), test.Bytes("nonce"), ciphertext, test.Bytes("aad"), opened));
            Assert.Equal(plaintext, opened);
        }
    }

    [Fact]
    public void TryDecrypt_Wycheproof_AcceptsExactlyTheValid() =>
        WycheproofFile.Check("xchacha20_poly1305_test.json", static (group, test) =>
        {
            if (group.GetProperty("ivSize").GetInt32() != NonceBits)
                return false;

            byte[] message = test.Bytes("msg");
            byte[] opened = new byte[message.Length];
            return XChaCha20Poly1305.TryDecrypt(test.Bytes("key"), test.Bytes("iv"), [.. test.Bytes("ct"), .. test.Bytes("tag")], test.Bytes("aad"), opened)
                && opened.AsSpan().SequenceEqual(message);
        });
}
