using System.Buffers.Binary;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;

namespace ZeroKSync.Tests.Unit.Protocol.Framing;

public sealed class FrameAccumulatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void TryRead_StreamCutAnywhere_GivesTheFramesInOrder(int chunk)
    {
        byte[][] bodies = [[], [1], new byte[5000], [2, 3], new byte[70_000], [4]];
        byte[] stream = [.. bodies.SelectMany(Frame)];
        var accumulator = new FrameAccumulator();
        var seen = new List<byte[]>();

        for (int at = 0; at < stream.Length;)
        {
            Memory<byte> room = accumulator.GetWritable();
            int count = Math.Min(Math.Min(chunk, room.Length), stream.Length - at);
            stream.AsMemory(at, count).CopyTo(room);
            accumulator.Advance(count);
            at += count;
            while (accumulator.TryRead(Limits.FrameBytes, out Memory<byte> frame) == FrameReadStatus.Frame)
                seen.Add(frame[FrameHeader.Size..].ToArray());
        }

        Assert.Equal(bodies, seen);
        Assert.Equal(0, accumulator.Buffered);
    }

    [Fact]
    public void TryRead_LengthAboveTheLimit_IsRefusedAtTheHeader()
    {
        var accumulator = new FrameAccumulator();
        BinaryPrimitives.WriteUInt32BigEndian(accumulator.GetWritable().Span, uint.MaxValue);
        accumulator.Advance(FrameHeader.Size);

        Assert.Equal(FrameReadStatus.TooLong, accumulator.TryRead(Limits.FrameBytes, out _));
        Assert.InRange(accumulator.Capacity, 0, 8192);
    }

    [Fact]
    public void TryRead_LargestAcceptedLengthClaimed_AllocatesNothingForIt()
    {
        var accumulator = new FrameAccumulator();
        FrameHeader.Write(accumulator.GetWritable().Span, Limits.FrameBytes);
        accumulator.Advance(FrameHeader.Size);

        Assert.Equal(FrameReadStatus.Incomplete, accumulator.TryRead(Limits.FrameBytes, out _));
        Assert.InRange(accumulator.Capacity, 0, 8192);
    }

    [Fact]
    public void TryRead_LimitRaisedLater_IsTheOneInForce()
    {
        var accumulator = new FrameAccumulator();
        FrameHeader.Write(accumulator.GetWritable().Span, 10);
        accumulator.Advance(FrameHeader.Size + 10);

        Assert.Equal(FrameReadStatus.TooLong, accumulator.TryRead(9, out _));
        Assert.Equal(FrameReadStatus.Frame, accumulator.TryRead(10, out Memory<byte> frame));
        Assert.Equal(FrameHeader.Size + 10, frame.Length);
    }

    private static byte[] Frame(byte[] body)
    {
        byte[] frame = new byte[FrameHeader.Size + body.Length];
        FrameHeader.Write(frame, body.Length);
        body.CopyTo(frame, FrameHeader.Size);
        return frame;
    }
}
