extern alias Blake3Package;

using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Cryptography.Blake;
using PackageHasher = Blake3Package::Blake3.Hasher;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3Tests
{
    private const int Seeds = 40;

    // The input of the official test vectors: byte i is i mod 251. All are checked in Tests/Vectors; these two stand here for themselves.
    [Theory]
    [InlineData(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")]
    [InlineData(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213")]
    public void Hash_KnownInput_GivesItsBytes(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Of(hash => Blake3.Hash(Inputs.Counting(length), hash))));

    [Fact]
    public void Hash_RandomInputs_EqualAnotherImplementations()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            byte[] input = Inputs.Random(seed, new Random(seed).Next(2_000_000));
            byte[] expected = Of(hash => PackageHasher.Hash(input, hash));
            Assert.True(expected.AsSpan().SequenceEqual(Of(hash => Blake3.Hash(input, hash))), $"seed {seed}, length {input.Length}");
        }
    }

    [Fact]
    public void KeyedHashAndDeriveKey_RandomInputs_EqualAnotherImplementations()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            byte[] input = Inputs.Random(seed, new Random(seed).Next(100_000));
            byte[] key = Inputs.Random(-seed, Blake3.KeyBytes);
            // Text: the other implementation takes a context for UTF-8 and replaces what is not.
            byte[] context = [.. Inputs.Random(-seed, new Random(seed).Next(3000)).Select(one => (byte)(' ' + (one % 95)))];
            using PackageHasher keyed = PackageHasher.NewKeyed(key);
            keyed.Update(input);
            byte[] code = Of(hash => keyed.Finalize(hash));
            using PackageHasher derive = PackageHasher.NewDeriveKey(context);
            derive.Update(input);
            byte[] derived = Of(hash => derive.Finalize(hash));

            Assert.True(code.AsSpan().SequenceEqual(Of(hash => Blake3.KeyedHash(key, input, hash))), $"seed {seed}");
            Assert.True(derived.AsSpan().SequenceEqual(Of(hash => Blake3.DeriveKey(context, input, hash))), $"seed {seed}");
        }
    }

    [Fact]
    public void KeyedHashAndDeriveKey_LengthAroundEveryBorder_EqualThePlainRecursion()
    {
        byte[] longest = Inputs.Counting(Inputs.BorderLengths.Max());
        byte[] key = Inputs.Random(1, Blake3.KeyBytes);
        byte[] context = "a context"u8.ToArray();
        foreach (int length in Inputs.BorderLengths)
        {
            byte[] input = longest[..length];
            Assert.True(NaiveBlake3.WithKey(key).Hash(input).AsSpan().SequenceEqual(Of(hash => Blake3.KeyedHash(key, input, hash))), $"length {length}");
            Assert.True(NaiveBlake3.ForContext(context).Hash(input).AsSpan().SequenceEqual(Of(hash => Blake3.DeriveKey(context, input, hash))), $"length {length}");
        }
    }

    [Fact]
    public void Modes_SameBytes_GiveDifferentHashes()
    {
        byte[] bytes = Inputs.Counting(Blake3.KeyBytes);
        byte[][] hashes = [Of(hash => Blake3.Hash(bytes, hash)), Of(hash => Blake3.KeyedHash(bytes, bytes, hash)), Of(hash => Blake3.DeriveKey(bytes, bytes, hash))];

        Assert.Equal(3, hashes.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Hash_AnyByteChanged_Differs()
    {
        byte[] input = Inputs.Random(1, 20_000);
        byte[] expected = Of(hash => Blake3.Hash(input, hash));
        for (int i = 0; i < input.Length; i += 97)
        {
            input[i] ^= 0x80;
            Assert.NotEqual(expected, Of(hash => Blake3.Hash(input, hash)));
            input[i] ^= 0x80;
        }
    }

    [Fact]
    public void Hash_WrongLengths_Throw()
    {
        byte[] right = new byte[32];
        foreach (byte[] wrong in (byte[][])[[], new byte[31], new byte[33], new byte[64]])
        {
            Assert.Throws<ArgumentException>("hash", () => Blake3.Hash([], wrong));
            Assert.Throws<ArgumentException>("key", () => Blake3.KeyedHash(wrong, [], right));
            Assert.Throws<ArgumentException>("code", () => Blake3.KeyedHash(right, [], wrong));
            Assert.Throws<ArgumentException>("key", () => Blake3.DeriveKey("a context"u8, [], wrong));
        }
    }

    private static byte[] Of(Action<byte[]> write)
    {
        byte[] hash = new byte[Blake3.HashBytes];
        write(hash);
        return hash;
    }
}
