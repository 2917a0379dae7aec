using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Fuzz.WebSockets;

/// <summary>A peer that knows the frames and keeps to most rules most of the time: one that broke them at once would never get far.</summary>
/// <param name="isListener">Which end the peer is.</param>
internal sealed class HostilePeer(Random random, bool isListener)
{
    private const int StreamsOften = 4;
    private const int StreamsSeldom = 8;
    private static readonly long[] Values = [0, 1, 63, 64, 16_383, 16_384, 1L << 30, 1L << 60, (1L << 60) + 1, VariableLengthInteger.Max];

    // Integers in more bytes than they need.
    private static readonly byte[][] TooLong = [[0x07, 0x40, 0x05], [0x07, 0x80, 0, 0, 0x05], [0x07, 0xc0, 0, 0, 0, 0, 0, 0, 0x05], [0x08, 0x40, 0x00, 0x09], [0x04, 0x00, 0x40, 0x00]];

    private readonly HashSet<long> _ended = [];

    /// <summary>What begins a connection rightly, or nearly so.</summary>
    public byte[] Settings()
    {
        byte[] message = new byte[FrameLimits.SettingsBytesMax];
        var writer = new FrameWriter(message);
        writer.Write(Seldom(30)
            ? new FrameSettings(Value(), Value(), Value(), Value(), Value())
            : new FrameSettings(random.Next(20_000), random.Next(3_000), random.Next(10), random.Next(4), 1_000));
        return message[..writer.Written];
    }

    public byte[] Message()
    {
        byte[] message = new byte[FrameLimits.MessageBytesMax];
        var writer = new FrameWriter(message);
        for (int frames = random.Next(1, 5); frames > 0; frames--)
            Write(ref writer);

        byte[] written = [.. message[..writer.Written], .. Seldom(60) ? TooLong[random.Next(TooLong.Length)] : []];
        return Seldom(60) ? ByteMutator.Mutate(random, written, written) : written;
    }

    private void Write(ref FrameWriter writer)
    {
        FrameType type = Type();
        switch (type)
        {
            case FrameType.Data or FrameType.DataEnd:
                long id = Id(isOwn: true);
                byte[] bytes = new byte[random.Next(type == FrameType.Data && !Seldom(50) ? 1 : 0, Seldom(30) ? 3_000 : 48)];
                random.NextBytes(bytes);
                var queue = new ByteQueue();
                queue.Append(bytes);
                writer.WriteData(id, queue, bytes.Length, type == FrameType.DataEnd);
                if (type == FrameType.DataEnd)
                    _ended.Add(id);

                break;
            case FrameType.Reset:
                long given = Id(isOwn: true);
                _ended.Add(given);
                writer.Write(type, given, Value());
                break;
            case FrameType.Stop or FrameType.MaxStreamData:
                writer.Write(type, Id(isOwn: !Seldom(4), StreamDirection.Bidirectional), Value());
                break;
            case FrameType.MaxData or FrameType.MaxBidirectionalStreams or FrameType.MaxUnidirectionalStreams or FrameType.End:
                writer.Write(type, Value());
                break;
            case FrameType.Close:
                writer.WriteClose(Value(), ByteMutator.Noise(random, 100));
                break;
            default:
                writer.Write(type);
                break;
        }
    }

    private FrameType Type() => random.Next(100) switch
    {
        < 62 => FrameType.Data,
        < 67 => FrameType.DataEnd,
        < 70 => FrameType.Reset,
        < 74 => FrameType.Stop,
        < 80 => FrameType.MaxStreamData,
        < 85 => FrameType.MaxData,
        < 89 => FrameType.MaxBidirectionalStreams,
        < 92 => FrameType.MaxUnidirectionalStreams,
        < 95 => FrameType.Ping,
        < 98 => FrameType.Pong,
        _ => Seldom(4) ? (FrameType)random.Next(16) : FrameType.Ping,
    };

    private long Id(bool isOwn, StreamDirection? direction = null)
    {
        if (Seldom(200))
            return Value();

        for (int tries = 0; tries < 4; tries++)
        {
            StreamDirection chosen = direction ?? (random.Next(5) == 0 ? StreamDirection.Unidirectional : StreamDirection.Bidirectional);
            int numbers = Seldom(12) ? StreamsSeldom : StreamsOften;
            long id = StreamIds.Create(random.Next(chosen == StreamDirection.Bidirectional ? numbers : Math.Min(numbers, Seldom(20) ? 4 : 2)), chosen, isOwn ? isListener : !isListener);
            if (!_ended.Contains(id) || Seldom(40))
                return id;
        }

        return StreamIds.Create(random.Next(StreamsSeldom), StreamDirection.Bidirectional, isListener);
    }

    private bool Seldom(int times) => random.Next(times) == 0;

    private long Value() => Seldom(4) ? Values[random.Next(Values.Length)] : random.Next(20_000);
}
