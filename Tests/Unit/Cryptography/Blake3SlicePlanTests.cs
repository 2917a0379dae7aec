using System.Buffers;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3SlicePlanTests
{
    [Fact]
    public void WriteSlice_EveryRange_IsThatOfThePlainRecursion()
    {
        foreach (int length in Ranges.Lengths)
        {
            byte[] content = Inputs.Random(length, length);
            NaiveTree tree = NaiveTree.Of(content);
            byte[] outboard = tree.Outboard();
            foreach ((long offset, long count) in Ranges.Of(length))
            {
                byte[] slice = WriteSlice(content, outboard, offset, count);
                Assert.True(tree.Slice(offset, offset + count).AsSpan().SequenceEqual(slice), $"length {length}, range {offset}+{count}");
            }
        }
    }

    [Fact]
    public void WriteSlice_RandomRangesOfLargerContent_IsThatOfThePlainRecursion()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            byte[] content = Inputs.Random(seed, random.Next(1 << 20));
            NaiveTree tree = NaiveTree.Of(content);
            byte[] outboard = tree.Outboard();
            for (int i = 0; i < 30; i++)
            {
                long offset = random.Next(content.Length + 1), count = random.Next(content.Length - (int)offset + 100);
                Assert.True(tree.Slice(offset, offset + count).AsSpan().SequenceEqual(WriteSlice(content, outboard, offset, count)), $"seed {seed}, range {offset}+{count} of {content.Length}");
            }
        }
    }

    // Offset and length may be greater together than any number.
    [Fact]
    public void Slice_LengthBeyondAllNumbers_EndsWithTheContent()
    {
        byte[] content = Inputs.Random(3, (3 * Inputs.Group) + 1);
        NaiveTree tree = NaiveTree.Of(content);
        foreach (int offset in (int[])[0, 1, 20_000, 2 * Inputs.Group, content.Length])
        {
            var slice = new ArrayBufferWriter<byte>();
            Blake3SlicePlan.WriteSlice(content, tree.Outboard(), (ulong)offset, ulong.MaxValue, slice);
            Assert.Equal(tree.Slice(offset, long.MaxValue), slice.WrittenSpan.ToArray());

            var verifier = new Blake3SliceVerifier(tree.Cv, (ulong)offset, ulong.MaxValue);
            var received = new ArrayBufferWriter<byte>();
            Assert.True(verifier.TryAppend(slice.WrittenSpan, received) && verifier.IsComplete);
            Assert.Equal(content[offset..], received.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void WriteSlice_OutboardOfOtherContent_Throws() =>
        Assert.Throws<ArgumentException>("outboard", () => Blake3SlicePlan.WriteSlice(new byte[Inputs.Group + 1], new byte[128], 0, 1, new ArrayBufferWriter<byte>()));

    // A content of any length costs one way down: 50 parents at most, and the last group.
    [Theory]
    [InlineData(ulong.MaxValue, 0UL, 1UL, 50)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 50)]
    [InlineData(ulong.MaxValue, 1UL << 63, 0UL, 50)]
    [InlineData(1UL << 63, 1UL << 63, 5UL, 49)]
    [InlineData((1UL << 63) + 1, ulong.MaxValue, 1UL, 1)]
    public void TryNext_GreatestLengths_NamesOneWayDown(ulong contentLength, ulong offset, ulong length, int parents)
    {
        var plan = new Blake3SlicePlan(contentLength, offset, length);
        var parts = new List<Blake3SlicePart>();
        while (plan.TryNext(out Blake3SlicePart part))
            parts.Add(part);

        Assert.Equal(parents, parts.Count(part => part.Source == Blake3SliceSource.Outboard));
        Blake3SlicePart group = Assert.Single(parts, part => part.Source == Blake3SliceSource.Content);
        Assert.Equal(Math.Min(offset, contentLength - 1) / Inputs.Group * Inputs.Group, group.Offset);
        Assert.All(parts.SkipLast(1), part => Assert.InRange(part.Offset + 64, 64UL, Blake3OutboardWriter.OutboardBytes(contentLength)));
        Assert.False(plan.TryNext(out _));
    }

    [Fact]
    public void WriteHeader_WrongLength_Throws() =>
        Assert.Throws<ArgumentException>("header", () => new Blake3SlicePlan(1, 0, 1).WriteHeader(new byte[7]));

    private static byte[] WriteSlice(byte[] content, byte[] outboard, long offset, long count)
    {
        var slice = new ArrayBufferWriter<byte>();
        Blake3SlicePlan.WriteSlice(content, outboard, (ulong)offset, (ulong)count, slice);
        return slice.WrittenSpan.ToArray();
    }
}
