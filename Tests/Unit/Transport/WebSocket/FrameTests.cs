using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport.WebSocket;

/// <summary>The bytes of docs/PROTOCOL.md, "WebSocket fallback": as written there, and nothing else.</summary>
public sealed class FrameTests
{
    private const string LargestInteger = "ffffffffffffffff";

    /// <summary>Each frame with its golden bytes.</summary>
    public static TheoryData<string, string> Golden => new()
    {
        { "Settings", "00 80400000 80100000 4100 4040 80007530" },
        { "Ping", "01" },
        { "Pong", "02" },
        { "Data", "03 04 03 010203" },
        { "DataEnd", "04 07 00" },
        { "Reset", "05 4100 05" },
        { "Stop", "06 00 " + LargestInteger },
        { "MaxData", "07 80400000" },
        { "MaxStreamData", "08 04 80100000" },
        { "MaxBidirectionalStreams", "09 4101" },
        { "MaxUnidirectionalStreams", "0a 02" },
        { "Close", "0b 2a 06 656e6f756768" },
        { "End", "0c 01" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Frame_Written_HasTheGoldenBytes(string name, string golden)
    {
        byte[] message = new byte[FrameLimits.MessageBytesMax];
        var writer = new FrameWriter(message);
        Write(ref writer, name);

        Assert.Equal(Compact(golden), Convert.ToHexStringLower(message.AsSpan(0, writer.Written)));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Frame_Golden_ReadsAsWritten(string name, string golden)
    {
        ReadOnlySpan<byte> message = Bytes(golden + "01");

        Assert.True(FrameReader.TryRead(ref message, out Frame frame));
        Assert.Equal(name, frame.Type.ToString());
        // What follows is the next frame's.
        Assert.Equal(1, message.Length);

        byte[] again = new byte[FrameLimits.MessageBytesMax];
        var writer = new FrameWriter(again);
        Rewrite(ref writer, frame);
        Assert.Equal(Compact(golden), Convert.ToHexStringLower(again.AsSpan(0, writer.Written)));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Frame_EveryPrefix_IsRefusedAndTakesNothing(string name, string golden)
    {
        byte[] whole = Bytes(golden);
        for (int length = 0; length < whole.Length; length++)
        {
            ReadOnlySpan<byte> message = whole.AsSpan(0, length);

            Assert.False(FrameReader.TryRead(ref message, out _), $"{name}, {length} bytes");
            Assert.Equal(length, message.Length);
        }
    }

    [Theory]
    [InlineData("03 04 " + LargestInteger)] // more bytes than any message
    [InlineData("03 04 8001 0000 00")] // more than this one
    [InlineData("0b 00 4101 00")] // a reason beyond its bound
    [InlineData("03 04 00")] // no bytes and no end
    [InlineData("05 4001 00")] // an integer longer than it need be
    [InlineData("05 80000001 00")]
    [InlineData("05 c000000000000001 00")]
    [InlineData("09 " + LargestInteger)] // more streams than ids
    [InlineData("00 00 00 00 00 00")] // an idle timeout below the bound
    [InlineData("00 00 00 00 00 " + LargestInteger)]
    [InlineData("0d")]
    [InlineData("ff")]
    public void Frame_OutOfItsBounds_IsRefused(string hex)
    {
        ReadOnlySpan<byte> message = Bytes(hex);

        Assert.False(FrameReader.TryRead(ref message, out _));
    }

    [Fact]
    public void Frame_RandomBytes_AreReadOrRefusedAndNeverThrow()
    {
        const int Seed = 20_261_124;
        var random = new Random(Seed);
        byte[] buffer = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            ReadOnlySpan<byte> message = buffer.AsSpan(0, random.Next(buffer.Length));
            random.NextBytes(buffer);
            buffer[0] &= 0x0f;
            while (FrameReader.TryRead(ref message, out _))
            {
            }
        }
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(63, "3f")]
    [InlineData(64, "4040")]
    [InlineData(16_383, "7fff")]
    [InlineData(16_384, "80004000")]
    [InlineData(1_073_741_823, "bfffffff")]
    [InlineData(1_073_741_824, "c000000040000000")]
    [InlineData(VariableLengthInteger.Max, LargestInteger)]
    public void Integer_AtEachBorder_HasTheBytesOfTheRfc(long value, string golden)
    {
        byte[] bytes = new byte[VariableLengthInteger.BytesMax];
        int count = VariableLengthInteger.Write(bytes, value);
        ReadOnlySpan<byte> read = bytes.AsSpan(0, count);

        Assert.Equal(golden, Convert.ToHexStringLower(read));
        Assert.True(VariableLengthInteger.TryRead(ref read, out long again));
        Assert.Equal(value, again);
    }

    private static string Compact(string hex) => hex.Replace(" ", string.Empty, StringComparison.Ordinal);

    private static byte[] Bytes(string hex) => Convert.FromHexString(Compact(hex));

    private static void Write(ref FrameWriter writer, string name)
    {
        switch (Enum.Parse<FrameType>(name))
        {
            case FrameType.Settings:
                writer.Write(new FrameSettings(4 << 20, 1 << 20, 256, 64, 30_000));
                break;
            case FrameType.Ping or FrameType.Pong:
                writer.Write(Enum.Parse<FrameType>(name));
                break;
            case FrameType.Data:
                writer.WriteData(4, Queue(1, 2, 3), 3, isEnd: false);
                break;
            case FrameType.DataEnd:
                writer.WriteData(7, Queue(), 0, isEnd: true);
                break;
            case FrameType.Reset:
                writer.Write(FrameType.Reset, 256, 5);
                break;
            case FrameType.Stop:
                writer.Write(FrameType.Stop, 0, TransportConnection.MaxApplicationCode);
                break;
            case FrameType.MaxStreamData:
                writer.Write(FrameType.MaxStreamData, 4, 1 << 20);
                break;
            case FrameType.Close:
                writer.WriteClose(42, "enough"u8);
                break;
            case FrameType type:
                writer.Write(type, type switch { FrameType.MaxData => 4 << 20, FrameType.MaxBidirectionalStreams => 257, FrameType.MaxUnidirectionalStreams => 2, _ => (long)TransportEnd.Violation });
                break;
        }
    }

    private static void Rewrite(ref FrameWriter writer, scoped Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Settings:
                writer.Write(frame.Settings);
                break;
            case FrameType.Ping or FrameType.Pong:
                writer.Write(frame.Type);
                break;
            case FrameType.Data or FrameType.DataEnd:
                writer.WriteData(frame.StreamId, Queue(frame.Data.ToArray()), frame.Data.Length, frame.Type == FrameType.DataEnd);
                break;
            case FrameType.Close:
                writer.WriteClose(frame.Value, frame.Data);
                break;
            case FrameType.Reset or FrameType.Stop or FrameType.MaxStreamData:
                writer.Write(frame.Type, frame.StreamId, frame.Value);
                break;
            default:
                writer.Write(frame.Type, frame.Value);
                break;
        }
    }

    private static ByteQueue Queue(params byte[] bytes)
    {
        var queue = new ByteQueue();
        queue.Append(bytes);
        return queue;
    }
}
