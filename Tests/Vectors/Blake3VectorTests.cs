using System.Text.Json;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Vectors;

public sealed class Blake3VectorTests
{
    [Fact]
    public void Hash_KnownAnswers_GiveTheirBytes()
    {
        int cases = 0;
        foreach (JsonElement test in VectorFile.Open("primitives.json").GetProperty("blake3").EnumerateArray())
        {
            byte[] input = [.. Enumerable.Range(0, test.GetProperty("len").GetInt32()).Select(i => (byte)(i % 251))];
            byte[] hash = new byte[Blake3.HashBytes];
            Blake3.Hash(input, hash);
            Assert.Equal(test.Text("blake3"), Convert.ToHexStringLower(hash));

            var hasher = new Blake3Hasher();
            foreach (byte[] piece in input.Chunk(777))
                hasher.Append(piece);

            hasher.GetHash(hash);
            Assert.Equal(test.Text("blake3"), Convert.ToHexStringLower(hash));
            cases++;
        }

        Assert.Equal(10, cases);
    }
}
