using System.Text.Json;
using ZeroKSync.Cryptography.Blake;
using ZeroKSync.Cryptography;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Vectors;

public sealed class Blake3VectorTests
{
    private static readonly JsonElement Generated = KnownAnswers.Open("blake3.json");

    [Fact]
    public void Hash_KnownAnswersFromOutside_GiveTheirBytes()
    {
        int cases = 0;
        foreach (JsonElement test in VectorFile.Open("primitives.json").GetProperty("blake3").EnumerateArray())
        {
            byte[] input = Input(test.GetProperty("len").GetInt32());
            Assert.Equal(test.Text("blake3"), Hex(hash => Blake3.Hash(input, hash)));
            using var hasher = new Blake3Hasher();
            Assert.Equal(test.Text("blake3"), Hex(hash => Finish(hasher, input, hash)));
            cases++;
        }

        Assert.Equal(10, cases);
    }

    // One, four, eight and sixteen nodes at once: whatever this machine chooses for itself, all it can do give the same.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void EveryMode_KnownAnswers_GiveTheirBytes(int lanes)
    {
        var width = (Blake3Width)lanes;
        Assert.SkipUnless(Blake3Dispatch.IsSupported(width), $"This machine has no vectors of {lanes} lanes.");
        byte[] key = Generated.Bytes("key");
        byte[] context = Generated.Bytes("context");
        JsonElement[] cases = [.. Generated.GetProperty("cases").EnumerateArray()];
        Assert.Equal(83, cases.Length);
        foreach (JsonElement test in cases)
        {
            byte[] input = Input(test.GetProperty("length").GetInt32());
            using var plain = new Blake3Hasher(width);
            using Blake3Hasher keyed = Blake3Hasher.CreateKeyed(key, width);
            using Blake3Hasher derive = Blake3Hasher.CreateDeriveKey(context, width);
            Assert.Equal(test.Text("hash"), Hex(hash => Blake3.Hash(new Blake3Mode(Blake3Core.Iv, 0, width), input, hash)));
            Assert.Equal(test.Text("hash"), Hex(hash => Finish(plain, input, hash)));
            Assert.Equal(test.Text("keyedHash"), Hex(hash => Finish(keyed, input, hash)));
            Assert.Equal(test.Text("deriveKey"), Hex(hash => Finish(derive, input, hash)));
        }
    }

    [Fact]
    public void OneShots_KnownAnswers_GiveTheirBytes()
    {
        byte[] key = Generated.Bytes("key");
        byte[] context = Generated.Bytes("context");
        foreach (JsonElement test in Generated.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Input(test.GetProperty("length").GetInt32());
            Assert.Equal(test.Text("hash"), Hex(hash => Blake3.Hash(input, hash)));
            Assert.Equal(test.Text("keyedHash"), Hex(hash => Blake3.KeyedHash(key, input, hash)));
            Assert.Equal(test.Text("deriveKey"), Hex(hash => Blake3.DeriveKey(context, input, hash)));
        }
    }

    [Fact]
    public void DeriveKey_ContextsOfManyLengths_GiveTheirBytes()
    {
        byte[] material = Input(64);
        JsonElement[] contexts = [.. Generated.GetProperty("contexts").EnumerateArray()];
        Assert.Equal(8, contexts.Length);
        foreach (JsonElement test in contexts)
        {
            byte[] context = [.. Enumerable.Repeat((byte)'a', test.GetProperty("length").GetInt32())];
            Assert.Equal(test.Text("deriveKey"), Hex(key => Blake3.DeriveKey(context, material, key)));
        }
    }

    private static void Finish(Blake3Hasher hasher, byte[] input, byte[] hash)
    {
        foreach (byte[] piece in input.Chunk(7777))
            hasher.Append(piece);

        hasher.GetHash(hash);
    }

    private static string Hex(Action<byte[]> write)
    {
        byte[] bytes = new byte[Blake3.HashBytes];
        write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static byte[] Input(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
}
