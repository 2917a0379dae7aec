using System.Security.Cryptography;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class SecretBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    public void CopyFrom_AnyLength_HoldsTheBytes(int length)
    {
        byte[] source = RandomNumberGenerator.GetBytes(length);
        using SecretBytes secret = SecretBytes.CopyFrom(source);
        Assert.Equal(length, secret.Length);
        Assert.True(secret.Span.SequenceEqual(source));
    }

    [Fact]
    public void Create_AfterAnotherSecretWasDisposed_IsZero()
    {
        for (int i = 0; i < 600; i++)
        {
            using SecretBytes random = SecretBytes.CreateRandom(64);
            random.Dispose();
            using SecretBytes zeros = SecretBytes.Create(64);
            Assert.Equal(-1, zeros.Span.IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Create_ManySecretsAtOnce_HaveTheirOwnPlaces()
    {
        SecretBytes[] secrets = [.. Enumerable.Range(0, 700).Select(_ => SecretBytes.CreateRandom(32))];
        byte[][] copies = [.. secrets.Select(secret => secret.Span.ToArray())];
        for (int i = 0; i < secrets.Length; i += 2)
            secrets[i].Dispose();

        for (int i = 1; i < secrets.Length; i += 2)
            Assert.True(secrets[i].FixedTimeEquals(copies[i]));

        Array.ForEach(secrets, secret => secret.Dispose());
    }

    [Fact]
    public void Span_AfterDispose_Throws()
    {
        SecretBytes secret = SecretBytes.CreateRandom(32);
        secret.Dispose();
        secret.Dispose();
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public void FixedTimeEquals_DependsOnEveryByteAndTheLength()
    {
        using SecretBytes secret = SecretBytes.CreateRandom(32);
        using SecretBytes copy = secret.Copy();
        Assert.True(secret.FixedTimeEquals(copy));
        Assert.False(secret.FixedTimeEquals(copy.Span[..31]));
        for (int i = 0; i < 32; i++)
        {
            copy.Writable[i] ^= 1;
            Assert.False(secret.FixedTimeEquals(copy));
            copy.Writable[i] ^= 1;
        }
    }

    [Fact]
    public void ToString_SaysNothing()
    {
        using SecretBytes secret = SecretBytes.CopyFrom("planted"u8);
        Assert.Equal("[secret]", secret.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(SecretBytes.LengthMax + 1)]
    public void Create_LengthOutOfBounds_Throws(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretBytes.Create(length));
}
