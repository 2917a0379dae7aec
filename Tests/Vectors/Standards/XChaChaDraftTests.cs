using ZeroKSync.Client.Crypto;

namespace ZeroKSync.Tests.Vectors.Standards;

/// <summary>XChaCha20-Poly1305: the answer of draft-irtf-cfrg-xchacha-03, appendix A.3.1.</summary>
public sealed class XChaChaDraftTests
{
    [Theory]
    [InlineData(
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "404142434445464748494a4b4c4d4e4f5051525354555657",
        "50515253c0c1c2c3c4c5c6c7",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f"
        + "6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40d"
        + "b5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e",
        "c0875924c1c7987947deafd8780acf49")]
    public void EncryptAndTryDecrypt_Draft_GiveItsBytes(string key, string nonce, string associatedData, string plaintext, string ciphertext, string tag)
    {
        byte[] message = Convert.FromHexString(plaintext);
        byte[] encrypted = new byte[message.Length + XChaCha20Poly1305.TagBytes];
        byte[] opened = new byte[message.Length];
        XChaCha20Poly1305.Encrypt(Convert.FromHexString(key), Convert.FromHexString(nonce), message, Convert.FromHexString(associatedData), encrypted);

        Assert.Equal(ciphertext + tag, Convert.ToHexStringLower(encrypted));
        Assert.True(XChaCha20Poly1305.TryDecrypt(Convert.FromHexString(key), Convert.FromHexString(nonce), encrypted, Convert.FromHexString(associatedData), opened));
        Assert.Equal(message, opened);
        encrypted[^1] ^= 1;
        Assert.False(XChaCha20Poly1305.TryDecrypt(Convert.FromHexString(key), Convert.FromHexString(nonce), encrypted, Convert.FromHexString(associatedData), opened));
    }
}
