using System.Security.Cryptography;
using System.Text.Json;

namespace ZeroKSync.Tests.Vectors;

/// <summary>The session's frame cipher is the framework's: the answers show that this system's is the right one.</summary>
public sealed class ChaCha20Poly1305VectorTests
{
    private const int NonceBits = 96;

    [Fact]
    public void Decrypt_Wycheproof_AcceptsExactlyTheValid()
    {
        Assert.SkipUnless(ChaCha20Poly1305.IsSupported, "This system's cryptographic library has no ChaCha20-Poly1305.");
        WycheproofFile.Check("chacha20_poly1305_test.json", static (group, test) =>
        {
            if (group.GetProperty("ivSize").GetInt32() != NonceBits)
                return false;

            using var cipher = new ChaCha20Poly1305(test.Bytes("key"));
            byte[] message = test.Bytes("msg");
            byte[] opened = new byte[message.Length];
            try
            {
                cipher.Decrypt(test.Bytes("iv"), test.Bytes("ct"), test.Bytes("tag"), opened, test.Bytes("aad"));
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }

            byte[] ciphertext = new byte[message.Length];
            byte[] tag = new byte[16];
            cipher.Encrypt(test.Bytes("iv"), message, ciphertext, tag, test.Bytes("aad"));
            Assert.Equal(test.Bytes("ct"), ciphertext);
            Assert.Equal(test.Bytes("tag"), tag);
            return opened.AsSpan().SequenceEqual(message);
        });
    }
}
