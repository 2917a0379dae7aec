using System.Security.Cryptography;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3Tests
{
    // The input of the official test vectors: byte i is i mod 251. Their hashes are checked in Tests/Vectors; these two stand here for themselves.
    [Theory]
    [InlineData(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")]
    [InlineData(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213")]
    public void Hash_KnownInput_GivesItsBytes(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(HashOf(Input(length))));

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(32_768)]
    [InlineData(81_920)]
    [InlineData(100_001)]
    [InlineData(1_048_576)]
    public void Hasher_AnyPieces_EqualsTheWholeHash(int length)
    {
        byte[] input = Input(length);
        byte[] expected = HashOf(input);
        foreach (int piece in (int[])[1, 63, 1024, 16_383, 16_384, 16_385, 65_536, 2_000_000])
        {
            if (length / piece > 20_000)
                continue;

            var hasher = new Blake3Hasher();
            for (int at = 0; at < length; at += piece)
                hasher.Append(input.AsSpan(at, Math.Min(piece, length - at)));

            byte[] actual = new byte[Blake3.HashBytes];
            hasher.GetHash(actual);
            Assert.Equal(expected, actual);
            Assert.Equal((ulong)length, hasher.Length);
            hasher.GetHash(actual);
            Assert.Equal(expected, actual);
            hasher.Reset();
            hasher.GetHash(actual);
            Assert.Equal(HashOf([]), actual);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(13)]
    public void HashGroup_CombinedByHashParent_GivesTheWholeHash(int groups)
    {
        byte[] input = Input((groups * Blake3.GroupBytes) - 7);
        Assert.Equal(HashOf(input), Node(input, 0, groups, isRoot: true));
    }

    [Fact]
    public void Hash_AnyByteChanged_Differs()
    {
        byte[] input = RandomNumberGenerator.GetBytes(3000);
        byte[] expected = HashOf(input);
        for (int i = 0; i < input.Length; i += 97)
        {
            input[i] ^= 0x80;
            Assert.NotEqual(expected, HashOf(input));
            input[i] ^= 0x80;
        }
    }

    private static byte[] Node(byte[] input, int first, int groups, bool isRoot)
    {
        byte[] node = new byte[Blake3.HashBytes];
        if (groups == 1)
        {
            int start = first * Blake3.GroupBytes;
            Blake3.HashGroup(input.AsSpan(start, Math.Min(Blake3.GroupBytes, input.Length - start)), (ulong)first, isRoot, node);
            return node;
        }

        int left = 1;
        while (left * 2 < groups)
            left *= 2;

        Blake3.HashParent(Node(input, first, left, isRoot: false), Node(input, first + left, groups - left, isRoot: false), isRoot, node);
        return node;
    }

    private static byte[] HashOf(byte[] input)
    {
        byte[] hash = new byte[Blake3.HashBytes];
        Blake3.Hash(input, hash);
        return hash;
    }

    private static byte[] Input(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
}
