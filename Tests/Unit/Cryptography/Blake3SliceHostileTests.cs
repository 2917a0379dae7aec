using System.Buffers;
using System.Buffers.Binary;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography;

/// <summary>Slices that are not what they claim: nothing but the content's own bytes comes out, and no such slice is complete.</summary>
public sealed class Blake3SliceHostileTests
{
    private static readonly byte[] Content = Inputs.Random(7, (6 * Inputs.Group) + 1000);
    private static readonly NaiveTree Tree = NaiveTree.Of(Content);

    // Offset and length: everything, the first group, one in the middle, an uneven part, the end, and behind it.
    public static TheoryData<long, long> Asked => new()
    {
        { 0, Content.Length }, { 0, 1 }, { 2 * Inputs.Group, Inputs.Group }, { 20_000, 50_000 }, { Content.Length - 1, 1 }, { Content.Length + 5, 5 },
    };

    [Theory]
    [MemberData(nameof(Asked))]
    public void TryAppend_AnyBitFlippedBehindTheHeader_IsRefused(long offset, long length)
    {
        byte[] slice = Tree.Slice(offset, offset + length);
        int[] pieces = [1000, 16_000];
        foreach (int bit in Bits(8, slice.Length, 400))
        {
            byte[] flipped = Flip(slice, bit);
            Verification result = Verification.Of(Tree.Cv, offset, length, flipped, bit % 2 == 0 ? [] : pieces);
            Assert.True(!result.IsAccepted && !result.IsComplete && result.ContentLength is null, $"bit {bit}");
            Assert.True(result.IsPrefixOf(Content, offset, length), $"bit {bit}");
        }
    }

    // A length that was altered is found out by the last group; without it, it must not show.
    [Theory]
    [MemberData(nameof(Asked))]
    public void TryAppend_AnyOtherLengthClaimed_ProvesNoLength(long offset, long length)
    {
        byte[] slice = Tree.Slice(offset, offset + length);
        bool reachesTheEnd = offset + length > 6 * Inputs.Group;
        ulong[] near = [.. Enumerable.Range(-40, 81).Select(difference => (ulong)(Content.Length + difference))];
        ulong[] groups = [.. Enumerable.Range(0, 20).SelectMany(group => new[] { (ulong)group * Inputs.Group, ((ulong)group * Inputs.Group) + 1 })];
        ulong[] flipped = [.. Enumerable.Range(0, 64).Select(bit => (ulong)Content.Length ^ (1UL << bit))];
        foreach (ulong claimed in near.Concat(groups).Concat(flipped).Append(ulong.MaxValue).Where(claimed => claimed != (ulong)Content.Length))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(slice, claimed);
            Verification result = Verification.Of(Tree.Cv, offset, length, slice);
            Assert.True(result.ContentLength is null, $"claimed {claimed}");
            Assert.True(result.IsPrefixOf(Content, offset, length), $"claimed {claimed}");
            Assert.True(!reachesTheEnd || !result.IsComplete, $"claimed {claimed}");
            Assert.True(!result.IsComplete || result.Content.Length == length, $"claimed {claimed}");
        }
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public void TryAppend_Truncated_IsNotComplete(long offset, long length)
    {
        byte[] slice = Tree.Slice(offset, offset + length);
        foreach (int end in Enumerable.Range(0, 300).Concat(Bits(0, slice.Length, 200).Select(bit => bit / 8)).Append(slice.Length - 1).Where(end => end < slice.Length))
        {
            Verification result = Verification.Of(Tree.Cv, offset, length, slice[..end]);
            Assert.True(result.IsAccepted && !result.IsComplete && result.ContentLength is null, $"end {end}");
            Assert.True(result.IsPrefixOf(Content, offset, length), $"end {end}");
        }
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public void TryAppend_BytesBehindTheEnd_AreRefusedForEver(long offset, long length)
    {
        byte[] slice = Tree.Slice(offset, offset + length);
        foreach (byte[] extra in (byte[][])[[0], [.. slice], new byte[Inputs.Group]])
        {
            Verification result = Verification.Of(Tree.Cv, offset, length, [.. slice, .. extra], slice.Length, 100);
            Assert.True(!result.IsAccepted && !result.IsComplete && result.ContentLength is null);
            Assert.True(result.IsPrefixOf(Content, offset, length));
        }
    }

    [Fact]
    public void TryAppend_ItemsSwappedLostOrDoubled_IsRefused()
    {
        byte[][] items = [.. Tree.Items(0, Content.Length)];
        byte[] header = Tree.Slice(0, Content.Length)[..8];
        for (int i = 0; i < items.Length; i++)
        {
            Refused([.. items[..i], .. items[(i + 1)..]], isEndless: items[i..].Skip(1).Sum(item => item.Length) < items[i].Length, $"item {i} lost");
            Refused([.. items[..i], items[i], .. items[i..]], isEndless: false, $"item {i} twice");
            for (int j = i + 1; j < items.Length; j++)
            {
                byte[][] swapped = [.. items];
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                Refused(swapped, isEndless: false, $"items {i} and {j} swapped");
            }
        }

        // Endless: so few bytes are left that the verifier still waits for the lost item.
        void Refused(byte[][] changed, bool isEndless, string what)
        {
            Verification result = Verification.Of(Tree.Cv, 0, Content.Length, NaiveTree.Concat([header, .. changed]));
            Assert.True(!result.IsComplete && result.IsPrefixOf(Content, 0, Content.Length), what);
            Assert.True(result.IsAccepted == isEndless, what);
        }
    }

    [Fact]
    public void TryAppend_ChildrenOfAParentSwapped_IsRefused()
    {
        byte[][] items = [.. Tree.Items(0, Content.Length)];
        byte[] header = Tree.Slice(0, Content.Length)[..8];
        foreach (int i in Enumerable.Range(0, items.Length).Where(i => items[i].Length == 64))
        {
            byte[][] changed = [.. items];
            changed[i] = [.. items[i][32..], .. items[i][..32]];
            Assert.False(Verification.Of(Tree.Cv, 0, Content.Length, NaiveTree.Concat([header, .. changed])).IsAccepted);
        }
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public void TryAppend_OtherRoot_IsRefusedAtTheFirstItem(long offset, long length)
    {
        byte[] slice = Tree.Slice(offset, offset + length);
        for (int bit = 0; bit < 256; bit++)
        {
            Verification result = Verification.Of(Flip(Tree.Cv, bit), offset, length, slice[..(8 + 64)]);
            Assert.True(!result.IsAccepted && result.Content.Length == 0, $"bit {bit}");
        }
    }

    // A whole slice of the content's beginning is a good tree, but another root's.
    [Fact]
    public void TryAppend_SliceOfTheShortenedContent_IsRefused()
    {
        foreach (int length in (int[])[0, 1, Inputs.Chunk, Inputs.Group, 2 * Inputs.Group, 4 * Inputs.Group, 6 * Inputs.Group, Content.Length - 1])
        {
            Verification result = Verification.Of(Tree.Cv, 0, Content.Length, NaiveTree.Of(Content[..length]).Slice(0, Content.Length));
            Assert.True(!result.IsAccepted && !result.IsComplete && result.Content.Length == 0, $"length {length}");
        }
    }

    [Fact]
    public void TryAppend_SliceOfAnotherRange_IsNotComplete()
    {
        (long Offset, long Length)[] ranges = [(0, Inputs.Group), (Inputs.Group, Inputs.Group), (0, 2 * Inputs.Group), (5 * Inputs.Group, 10), (Content.Length, 1)];
        foreach ((long Offset, long Length) asked in ranges)
        {
            foreach ((long Offset, long Length) given in ranges.Where(range => range != asked))
            {
                Verification result = Verification.Of(Tree.Cv, asked.Offset, asked.Length, Tree.Slice(given.Offset, given.Offset + given.Length));
                Assert.True(!result.IsComplete && result.IsPrefixOf(Content, asked.Offset, asked.Length), $"asked {asked}, given {given}");
            }
        }
    }

    // One group's inside is a good subtree too: its two halves must not pass as groups.
    [Fact]
    public void TryAppend_HalvesOfAGroupAsGroups_IsRefused()
    {
        byte[] content = Inputs.Random(9, Inputs.Group);
        byte[] root = NaiveBlake3.Plain.Hash(content);
        byte[] left = NaiveBlake3.Plain.Cv(content.AsSpan(..(Inputs.Group / 2)), 0, isRoot: false);
        byte[] right = NaiveBlake3.Plain.Cv(content.AsSpan((Inputs.Group / 2)..), 8, isRoot: false);
        byte[] header = new byte[8];
        foreach (int claimed in (int[])[Inputs.Group + 1, Inputs.Group + (Inputs.Group / 2), 2 * Inputs.Group])
        {
            BinaryPrimitives.WriteInt64LittleEndian(header, claimed);
            byte[] slice = [.. header, .. left, .. right, .. content, .. content];
            Verification result = Verification.Of(root, 0, claimed, slice);
            Assert.True(!result.IsAccepted && result.Content.Length == 0, $"claimed {claimed}");
        }
    }

    [Fact]
    public void TryAppend_AfterARefusal_TakesNothingEvenIfItIsRight()
    {
        byte[] slice = Tree.Slice(0, Content.Length);
        var verifier = new Blake3SliceVerifier(Tree.Cv, 0, (ulong)Content.Length);
        var received = new ArrayBufferWriter<byte>();
        Assert.False(verifier.TryAppend(Flip(slice, 8 * 8).AsSpan(..72), received));
        Assert.False(verifier.TryAppend(slice, received));
        Assert.False(verifier.TryAppend([], received));
        Assert.False(verifier.IsComplete || verifier.TryGetContentLength(out _));
        Assert.Equal(0, received.WrittenCount);
    }

    [Fact]
    public void TryAppend_GreatestLengthClaimed_AllocatesNothingForIt()
    {
        byte[] slice = new byte[8 + 64];
        slice.AsSpan(..8).Fill(0xff);
        var received = new ArrayBufferWriter<byte>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var verifier = new Blake3SliceVerifier(Tree.Cv, 0, ulong.MaxValue);
        bool isAccepted = verifier.TryAppend(slice, received);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.False(isAccepted);
        Assert.InRange(allocated, 0, 24 << 10);
    }

    // All bits of the first items, then samples over the rest: a slice has up to a million.
    private static IEnumerable<int> Bits(int firstByte, int endByte, int samples)
    {
        var random = new Random(endByte);
        return Enumerable.Range(firstByte * 8, Math.Min(64, endByte - firstByte) * 8)
            .Concat(Enumerable.Range(0, samples).Select(_ => random.Next(firstByte * 8, endByte * 8)));
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
