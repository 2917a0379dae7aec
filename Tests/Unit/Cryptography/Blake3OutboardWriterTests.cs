using System.Buffers;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3OutboardWriterTests
{
    [Fact]
    public void Append_LengthAroundEveryBorder_WritesTheParentsOfThePlainRecursion()
    {
        foreach (int length in Inputs.BorderLengths.Append(40 * Inputs.Group))
        {
            byte[] content = Inputs.Random(length, length);
            NaiveTree tree = NaiveTree.Of(content);
            (byte[] root, byte[] outboard) = Write(content, 100_000);
            Assert.True(tree.Cv.AsSpan().SequenceEqual(root), $"length {length}");
            Assert.True(tree.Outboard().AsSpan().SequenceEqual(outboard), $"length {length}");
            Assert.Equal(Blake3OutboardWriter.OutboardBytes((ulong)length), (ulong)outboard.Length);
        }
    }

    [Theory]
    [InlineData(777)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(131_072)]
    [InlineData(1_000_000)]
    public void Append_AnyPieces_WritesTheSame(int piece)
    {
        byte[] content = Inputs.Random(5, (23 * Inputs.Group) + 11);
        (byte[] root, byte[] outboard) = Write(content, content.Length);
        (byte[] otherRoot, byte[] otherOutboard) = Write(content, piece);
        Assert.Equal(root, otherRoot);
        Assert.Equal(outboard, otherOutboard);
    }

    // A relay makes the outboard while content arrives: what is finished must not wait for the end.
    [Fact]
    public void Append_WhileContentStreams_WritesWhatIsFinished()
    {
        var writer = new Blake3OutboardWriter();
        var outboard = new ArrayBufferWriter<byte>();
        for (int groups = 1; groups <= 64; groups++)
        {
            writer.Append(new byte[Inputs.Group], outboard);
            // The last group may be the root until more follows; the ones before make as many trees as their number has bits.
            int finished = groups - 1;
            Assert.Equal((finished - int.PopCount(finished)) * Blake3OutboardWriter.ParentBytes, outboard.WrittenCount);
        }
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(16_384UL, 0UL)]
    [InlineData(16_385UL, 64UL)]
    [InlineData(1UL << 40, ((1UL << 26) - 1) * 64)]
    [InlineData(ulong.MaxValue, ((1UL << 50) - 1) * 64)]
    public void OutboardBytes_AnyLength_IsOneParentLessThanGroups(ulong contentLength, ulong expected) =>
        Assert.Equal(expected, Blake3OutboardWriter.OutboardBytes(contentLength));

    [Fact]
    public void Writer_Finished_TakesNoMore()
    {
        var writer = new Blake3OutboardWriter();
        var outboard = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>("root", () => writer.Finish(outboard, new byte[31]));
        writer.Finish(outboard, new byte[32]);
        Assert.Throws<InvalidOperationException>(() => writer.Append([1], outboard));
        Assert.Throws<InvalidOperationException>(() => writer.Finish(outboard, new byte[32]));
    }

    internal static (byte[] Root, byte[] Outboard) Write(byte[] content, int piece)
    {
        var writer = new Blake3OutboardWriter();
        var outboard = new ArrayBufferWriter<byte>();
        for (int at = 0; at < content.Length; at += piece)
            writer.Append(content.AsSpan(at, Math.Min(piece, content.Length - at)), outboard);

        byte[] root = new byte[Blake3.HashBytes];
        writer.Finish(outboard, root);
        Assert.Equal((ulong)content.Length, writer.Length);
        return (root, outboard.WrittenSpan.ToArray());
    }
}
