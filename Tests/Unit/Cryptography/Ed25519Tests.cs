using System.Text;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Ed25519Tests
{
    // RFC 8032, section 7.1, test 2.
    private static readonly byte[] Seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    private static readonly byte[] PublicKey = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    private static readonly byte[] Signature = Convert.FromHexString(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

    [Fact]
    public void Sign_Rfc8032_GivesItsBytes()
    {
        using SecretBytes seed = SecretBytes.CopyFrom(Seed);
        byte[] publicKey = new byte[Ed25519.PublicKeyBytes];
        byte[] signature = new byte[Ed25519.SignatureBytes];
        Ed25519.GetPublicKey(seed, publicKey);
        Ed25519.Sign(seed, [0x72], signature);
        Assert.Equal(PublicKey, publicKey);
        Assert.Equal(Signature, signature);
    }

    [Fact]
    public void Verify_AnyBitChanged_IsFalse()
    {
        byte[] message = Encoding.ASCII.GetBytes("r");
        Assert.True(Ed25519.Verify(PublicKey, message, Signature));
        for (int bit = 0; bit < Signature.Length * 8; bit++)
        {
            byte[] changed = [.. Signature];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(PublicKey, message, changed));
        }

        Assert.False(Ed25519.Verify(PublicKey, [], Signature));
        Assert.False(Ed25519.Verify(Seed, message, Signature));
    }

    [Fact]
    public void Verify_WrongLengths_AreFalse()
    {
        Assert.False(Ed25519.Verify(PublicKey.AsSpan(1), [0x72], Signature));
        Assert.False(Ed25519.Verify(PublicKey, [0x72], Signature.AsSpan(1)));
        Assert.False(Ed25519.Verify([], [], []));
    }
}
