using System.Buffers;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3SliceVerifierTests
{
    [Fact]
    public void TryAppend_EveryRange_HandsOutItsBytes()
    {
        foreach (int length in Ranges.Lengths)
        {
            byte[] content = Inputs.Random(length, length);
            NaiveTree tree = NaiveTree.Of(content);
            foreach ((long offset, long count) in Ranges.Of(length))
            {
                Verification result = Verification.Of(tree.Cv, offset, count, tree.Slice(offset, offset + count));
                string what = $"length {length}, range {offset}+{count}";
                int start = (int)Math.Min(offset, length), end = (int)Math.Min(offset + count, length);
                Assert.True(result.IsAccepted && result.IsComplete, what);
                Assert.True(content.AsSpan(start..end).SequenceEqual(result.Content), what);

                // The end is proven exactly where the last group is part of the slice.
                bool reachesTheEnd = Math.Max(offset + count, offset + 1) > (Math.Max(length, 1) - 1) / Inputs.Group * Inputs.Group;
                Assert.True(result.ContentLength == (reachesTheEnd ? (ulong)length : null), what);
            }
        }
    }

    [Fact]
    public void TryAppend_RandomPieces_HandsOutTheSame()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            byte[] content = Inputs.Random(seed, random.Next(400_000));
            NaiveTree tree = NaiveTree.Of(content);
            long offset = random.Next(content.Length + 1), count = random.Next(content.Length - (int)offset + 1000);
            int[] pieces = [.. Enumerable.Range(0, 50).Select(_ => 1 + random.Next(1 << random.Next(1, 17)))];
            Verification result = Verification.Of(tree.Cv, offset, count, tree.Slice(offset, offset + count), pieces);
            Assert.True(result.IsComplete, $"seed {seed}");
            Assert.True(content.AsSpan((int)offset..(int)Math.Min(offset + count, content.Length)).SequenceEqual(result.Content), $"seed {seed}");
        }
    }

    [Fact]
    public void TryAppend_ByteByByte_HandsOutAGroupWithItsLastByte()
    {
        byte[] content = Inputs.Random(1, (2 * Inputs.Group) + 7);
        NaiveTree tree = NaiveTree.Of(content);
        var verifier = new Blake3SliceVerifier(tree.Cv, 3, (ulong)content.Length);
        var received = new ArrayBufferWriter<byte>();
        int items = 8 + 64 + 64;
        byte[] slice = tree.Slice(3, content.Length);
        for (int i = 0; i < slice.Length; i++)
        {
            Assert.True(verifier.TryAppend(slice.AsSpan(i, 1), received));
            int whole = (i + 1 - items) / Inputs.Group * Inputs.Group;
            int expected = i == slice.Length - 1 ? content.Length - 3 : Math.Max(0, whole - 3);
            Assert.Equal(expected, received.WrittenCount);
        }

        Assert.True(verifier.IsComplete);
    }

    [Fact]
    public void TryAppend_SlicesOfThePlan_AreItsOwn()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            byte[] content = Inputs.Random(seed, random.Next(3_000_000));
            (byte[] root, byte[] outboard) = Blake3OutboardWriterTests.Write(content, 65_536);
            long offset = random.Next(content.Length + 1), count = random.Next(content.Length - (int)offset + 1);
            var slice = new ArrayBufferWriter<byte>();
            Blake3SlicePlan.WriteSlice(content, outboard, (ulong)offset, (ulong)count, slice);
            Verification result = Verification.Of(root, offset, count, slice.WrittenSpan.ToArray(), 4096, 30_000);
            Assert.True(result.IsComplete && content.AsSpan((int)offset, (int)count).SequenceEqual(result.Content), $"seed {seed}");
        }
    }

    [Fact]
    public void TryAppend_EmptyContent_IsHeldAgainstTheRoot()
    {
        byte[] root = NaiveBlake3.Plain.Hash([]);
        foreach ((long offset, long count) in (ReadOnlySpan<(long, long)>)[(0, 0), (0, 10), (5, 0), (1L << 40, 1L << 40)])
        {
            Verification result = Verification.Of(root, offset, count, new byte[8]);
            Assert.True(result.IsComplete);
            Assert.Equal(0UL, result.ContentLength);
            Assert.Empty(result.Content);
            Assert.False(Verification.Of(NaiveBlake3.Plain.Hash([1]), offset, count, new byte[8]).IsAccepted);
            Assert.False(Verification.Of(root, offset, count, new byte[9]).IsAccepted);
        }
    }

    [Fact]
    public void TryAppend_RangeBehindTheEnd_ProvesTheLengthAndHandsOutNothing()
    {
        byte[] content = Inputs.Random(1, (3 * Inputs.Group) + 5);
        NaiveTree tree = NaiveTree.Of(content);
        foreach (ulong offset in (ulong[])[(ulong)content.Length, (ulong)content.Length + 1, 1UL << 62, ulong.MaxValue])
        {
            byte[] slice = tree.Slice(content.Length, content.Length + 1);
            var verifier = new Blake3SliceVerifier(tree.Cv, offset, ulong.MaxValue);
            var received = new ArrayBufferWriter<byte>();
            Assert.False(verifier.TryGetContentLength(out _));
            Assert.True(verifier.TryAppend(slice.AsSpan(..^1), received));
            Assert.False(verifier.TryGetContentLength(out ulong claimed));
            Assert.Equal(0UL, claimed);
            Assert.True(verifier.TryAppend(slice.AsSpan(^1..), received));
            Assert.True(verifier.IsComplete && verifier.TryGetContentLength(out ulong proven) && proven == (ulong)content.Length);
            Assert.Equal(0, received.WrittenCount);
        }
    }

    [Fact]
    public void Constructor_RootOfAnotherLength_Throws()
    {
        Assert.Throws<ArgumentException>("root", () => new Blake3SliceVerifier(new byte[31], 0, 1));
        Assert.Throws<ArgumentException>("root", () => new Blake3SliceVerifier(new byte[33], 0, 1));
    }
}
