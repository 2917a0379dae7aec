using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class X25519Tests
{
    [Fact]
    public void TryAgree_BothSides_Agree()
    {
        using X25519KeyPair alice = X25519.GenerateKeyPair();
        using X25519KeyPair bob = X25519.GenerateKeyPair();
        byte[] first = new byte[X25519.KeyBytes];
        byte[] second = new byte[X25519.KeyBytes];
        Assert.True(X25519.TryAgree(alice.SecretKey, bob.PublicKey, first));
        Assert.True(X25519.TryAgree(bob.SecretKey, alice.PublicKey, second));
        Assert.Equal(first, second);
        Assert.False(alice.PublicKey.SequenceEqual(bob.PublicKey));
    }

    // Points of small order (RFC 7748, section 6.1, and curve25519's list): each forces an all-zero result.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void TryAgree_LowOrderPoint_IsRefusedAndLeavesZeros(string point)
    {
        using X25519KeyPair own = X25519.GenerateKeyPair();
        byte[] shared = Enumerable.Repeat((byte)0xff, X25519.KeyBytes).ToArray();
        Assert.False(X25519.TryAgree(own.SecretKey, Convert.FromHexString(point), shared));
        Assert.All(shared, value => Assert.Equal(0, value));
    }

    [Fact]
    public void TryAgree_WrongLength_Throws()
    {
        using X25519KeyPair own = X25519.GenerateKeyPair();
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(own.SecretKey, new byte[31], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(own.SecretKey, own.PublicKey, new byte[33]));
    }

    [Fact]
    public void Dispose_OfThePair_DisposesOfItsSecret()
    {
        X25519KeyPair pair = X25519.GenerateKeyPair();
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.SecretKey.Span.Length);
    }
}
