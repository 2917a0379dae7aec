using System.Runtime.InteropServices;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>Every width of vectors this machine has, against the plain recursion.</summary>
public sealed class Blake3WidthTests
{
    private const int Seeds = 60;
    private const int RandomBytesMax = 300_000;

    // Numbered, because the enum is internal.
    public static TheoryData<int> Widths => [1, 4, 8, 16];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Hash_LengthAroundEveryBorder_EqualsThePlainRecursion(int lanes)
    {
        Blake3Width width = Supported(lanes);
        byte[] longest = Inputs.Counting(Inputs.BorderLengths.Max());
        foreach (int length in Inputs.BorderLengths)
            Assert.True(NaiveBlake3.Plain.Hash(longest.AsSpan(0, length)).AsSpan().SequenceEqual(HashOf(width, longest.AsSpan(0, length))), $"length {length}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Hash_RandomInputs_EqualsThePlainRecursion(int lanes)
    {
        Blake3Width width = Supported(lanes);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            byte[] input = Inputs.Random(seed, new Random(seed).Next(RandomBytesMax));
            Assert.True(NaiveBlake3.Plain.Hash(input).AsSpan().SequenceEqual(HashOf(width, input)), $"seed {seed}, length {input.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Hash_LargeInput_IsTheSameForEveryWidth(int lanes)
    {
        byte[] input = Inputs.Random(1, (5 << 20) + 12_345);
        Assert.Equal(HashOf(Blake3Width.Scalar, input), HashOf(Supported(lanes), input));
    }

    // Chunk numbers have 64 bits; within one set of lanes the upper half may change.
    [Theory]
    [MemberData(nameof(Widths))]
    public void HashChunks_NumbersAcrossThirtyTwoBits_AreCountedInEveryLane(int lanes)
    {
        const int Count = 37;
        byte[] chunks = Inputs.Random(2, Count * Inputs.Chunk);
        uint[] cvs = new uint[Count * Blake3Core.CvWords];
        var mode = new Blake3Mode(Blake3Core.Iv, 0, Supported(lanes));
        foreach (ulong first in (ulong[])[0, uint.MaxValue - 20UL, uint.MaxValue, 1UL << 32, (1UL << 54) - Count])
        {
            Blake3Dispatch.HashChunks(mode, chunks, first, cvs);
            for (int i = 0; i < Count; i++)
            {
                byte[] expected = NaiveBlake3.Plain.Cv(chunks.AsSpan(i * Inputs.Chunk, Inputs.Chunk), first + (ulong)i, isRoot: false);
                Assert.True(expected.AsSpan().SequenceEqual(Bytes(cvs, i)), $"first {first}, chunk {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void HashParents_AnyCount_PairsNeighboursAndRaisesAnOddOne(int lanes)
    {
        var mode = new Blake3Mode(Blake3Core.Iv, 0, Supported(lanes));
        for (int count = 2; count <= 70; count++)
        {
            uint[] cvs = [.. MemoryMarshal.Cast<byte, uint>(Inputs.Random(count, count * Blake3Core.CvBytes))];
            uint[] before = [.. cvs];
            int parents = Blake3Dispatch.HashParents(mode, cvs, count);
            Assert.Equal((count + 1) / 2, parents);
            for (int i = 0; i < parents; i++)
            {
                byte[] left = Bytes(before, 2 * i);
                byte[] expected = (2 * i) + 1 < count ? NaiveBlake3.Plain.ParentOf(left, Bytes(before, (2 * i) + 1), isRoot: false) : left;
                Assert.True(expected.AsSpan().SequenceEqual(Bytes(cvs, i)), $"count {count}, parent {i}");
            }
        }
    }

    [Fact]
    public void Widest_OfThisMachine_IsSupportedAndNoneIsWider()
    {
        Assert.True(Blake3Dispatch.IsSupported(Blake3Dispatch.Widest));
        Assert.DoesNotContain(Enum.GetValues<Blake3Width>(), width => width > Blake3Dispatch.Widest && Blake3Dispatch.IsSupported(width));
    }

    internal static Blake3Width Supported(int lanes)
    {
        var width = (Blake3Width)lanes;
        Assert.SkipUnless(Blake3Dispatch.IsSupported(width), $"This machine has no vectors of {lanes} lanes.");
        return width;
    }

    private static byte[] HashOf(Blake3Width width, ReadOnlySpan<byte> input)
    {
        byte[] hash = new byte[Blake3.HashBytes];
        Blake3.Hash(new Blake3Mode(Blake3Core.Iv, 0, width), input, hash);
        return hash;
    }

    private static byte[] Bytes(uint[] cvs, int index)
    {
        byte[] bytes = new byte[Blake3Core.CvBytes];
        Blake3Core.Store(cvs.AsSpan(index * Blake3Core.CvWords, Blake3Core.CvWords), bytes);
        return bytes;
    }
}
