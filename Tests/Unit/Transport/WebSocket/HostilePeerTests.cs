using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport.WebSocket;

/// <summary>A client that breaks each rule, and one that asks for more than is its due. The listener's end is the one under test.</summary>
public sealed class HostilePeerTests
{
    private readonly MultiplexerPair _pair = new();

    private delegate void Frames(ref FrameWriter writer);

    private Multiplexer Listener => _pair.Listener;

    [Fact]
    public void TryReceive_FirstFrameIsNotSettings_IsAViolation() =>
        AssertViolation(new Multiplexer(MultiplexerPair.Options(), isListener: true), (ref writer) => writer.Write(FrameType.Ping));

    [Fact]
    public void TryReceive_SettingsTwice_IsAViolation() =>
        AssertViolation(Listener, (ref writer) => writer.Write(new FrameSettings(1, 1, 1, 1, 1000)));

    [Fact]
    public void TryReceive_EmptyMessage_IsAViolation() => AssertViolation(Listener, (ref _) => { });

    [Fact]
    public void TryReceive_MoreThanTheStreamsCredit_IsAViolation() =>
        AssertViolation(Listener, (ref writer) => Data(ref writer, id: 0, count: 4097));

    [Fact]
    public void TryReceive_MoreThanTheConnectionsCredit_IsAViolation() =>
        AssertViolation(Listener, (ref writer) =>
        {
            Data(ref writer, id: 0, count: 4096);
            Data(ref writer, id: 4, count: 4096);
            Data(ref writer, id: 8, count: 1);
        });

    [Fact]
    public void TryReceive_AllOfBothCredits_IsAllowed()
    {
        Receive(Listener, (ref writer) =>
        {
            Data(ref writer, id: 0, count: 4096);
            Data(ref writer, id: 4, count: 4096);
            Data(ref writer, id: 8, count: 0, isEnd: true);
        });

        Assert.Equal([0L, 4L, 8L], Accepted());
    }

    [Theory]
    [InlineData(8 * 4)] // one bidirectional stream too many
    [InlineData((2 * 4) + 2)] // one unidirectional
    [InlineData(long.MaxValue >> 2)]
    public void TryReceive_StreamBeyondTheLimit_IsAViolation(long id) =>
        AssertViolation(Listener, (ref writer) => Data(ref writer, id, count: 1));

    [Theory]
    [InlineData(1)] // the listener's bidirectional
    [InlineData(3)] // the listener's own to write
    public void TryReceive_StreamThatTheListenerDidNotOpen_IsAViolation(long id) =>
        AssertViolation(Listener, (ref writer) => writer.Write(FrameType.Stop, id, 0));

    [Fact]
    public void TryReceive_StopOfTheClientsOneWayStream_IsAViolation() =>
        AssertViolation(Listener, (ref writer) => writer.Write(FrameType.Stop, 2, 0));

    [Fact]
    public void TryReceive_DataOnTheListenersOneWayStream_IsAViolation()
    {
        Assert.NotNull(Listener.Open(StreamDirection.Unidirectional, out _));

        AssertViolation(Listener, (ref writer) => Data(ref writer, id: 3, count: 1));
    }

    [Fact]
    public void TryReceive_DataAfterTheEnd_IsAViolation() =>
        AssertViolation(Listener, (ref writer) =>
        {
            Data(ref writer, id: 0, count: 1, isEnd: true);
            Data(ref writer, id: 0, count: 1);
        });

    [Fact]
    public void TryReceive_ResetTwice_IsAViolation() =>
        AssertViolation(Listener, (ref writer) =>
        {
            writer.Write(FrameType.Reset, 0, 1);
            writer.Write(FrameType.Reset, 0, 1);
        });

    [Fact]
    public async Task TryReceive_DataOnAStreamThatIsOver_IsAViolation()
    {
        Receive(Listener, (ref writer) => Data(ref writer, id: 0, count: 1, isEnd: true));
        await Listener.Accept()!.DisposeAsync();
        _pair.Said(Listener);

        AssertViolation(Listener, (ref writer) => Data(ref writer, id: 0, count: 1));
    }

    [Fact]
    public void TryReceive_IdsOutOfOrder_EachOpensItsStreamOnce()
    {
        Receive(Listener, (ref writer) =>
        {
            Data(ref writer, id: 28, count: 1);
            Data(ref writer, id: 0, count: 1);
            Data(ref writer, id: 8, count: 1);
            Data(ref writer, id: 0, count: 1);
        });

        Assert.Equal([28L, 0L, 8L], Accepted());
    }

    [Fact]
    public void Fill_AThousandPings_AreAnsweredOnce()
    {
        for (int i = 0; i < 1000; i++)
            Receive(Listener, (ref writer) => writer.Write(FrameType.Ping));

        Assert.Equal([FrameType.Pong], _pair.Said(Listener));
    }

    [Fact]
    public async Task Fill_ManyReadsBeforeAMessage_AreOneUpdateOfEachWindow()
    {
        WebSocketStream? stream = null;
        byte[] buffer = new byte[1024];
        Receive(Listener, (ref writer) => Data(ref writer, id: 0, count: 4096));
        stream = Listener.Accept();
        for (int read = 0; read < 4096;)
            read += await stream!.ReadAsync(buffer, Bounded.Token());

        Assert.Equal([FrameType.MaxData, FrameType.MaxStreamData], _pair.Said(Listener));
    }

    [Fact]
    public void Fill_StopOfEveryStreamAThousandTimes_IsOneResetEach()
    {
        for (int round = 0; round < 1000; round++)
        {
            Receive(Listener, (ref writer) =>
            {
                for (long id = 0; id < 32; id += 4)
                    writer.Write(FrameType.Stop, id, 9);
            });
        }

        Assert.Equal(Enumerable.Repeat(FrameType.Reset, 8), _pair.Said(Listener));
    }

    [Fact]
    public async Task Fill_StreamsOpenedAndGivenUp_NeverGoBeyondTheLimit()
    {
        // Opening and resetting at once, the way that floods HTTP/2 servers: a slot comes back only when the app took the stream.
        Receive(Listener, (ref writer) =>
        {
            for (long id = 0; id < 32; id += 4)
                writer.Write(FrameType.Reset, id, 0);
        });
        _pair.Said(Listener);
        AssertRefused(Listener, (ref writer) => writer.Write(FrameType.Reset, 32, 0));

        var fresh = new MultiplexerPair();
        Receive(fresh.Listener, (ref writer) => writer.Write(FrameType.Reset, 0, 0));
        await fresh.Listener.Accept()!.DisposeAsync();
        Assert.Equal([FrameType.Reset, FrameType.MaxBidirectionalStreams], Ordered(fresh.Said(fresh.Listener)));
        Receive(fresh.Listener, (ref writer) => writer.Write(FrameType.Reset, 32, 0));
    }

    [Fact]
    public void TryReceive_CreditThatShrinks_ChangesNothing()
    {
        Receive(Listener, (ref writer) =>
        {
            writer.Write(FrameType.MaxData, 0);
            writer.Write(FrameType.MaxBidirectionalStreams, 0);
        });
        WebSocketStream stream = Listener.Open(StreamDirection.Bidirectional, out _)!;

        MultiplexerPair.Write(stream, [1]);
        Assert.Equal([FrameType.Data], _pair.Said(Listener));
    }

    [Fact]
    public void TryReceive_RandomFramesOfAnyPeer_EndInAViolationOrNotAndNeverThrow()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var pair = new MultiplexerPair();
            bool isAllowed = true;
            for (int i = 0; i < 50 && isAllowed; i++)
            {
                byte[] message = RandomMessage(random);
                isAllowed = pair.Listener.TryReceive(message, out _, out _);
                if (random.Next(4) == 0 && pair.Listener.Accept() is { } stream && random.Next(2) == 0)
                    stream.AbortRead(1);

                pair.Said(pair.Listener);
            }
        }
    }

    private static byte[] RandomMessage(Random random)
    {
        byte[] message = new byte[FrameLimits.MessageBytesMax];
        var writer = new FrameWriter(message);
        for (int count = random.Next(1, 6); count > 0; count--)
        {
            var type = (FrameType)random.Next((int)FrameType.Ping, (int)FrameType.Close);
            long id = random.Next(0, 40);
            if (type is FrameType.Data or FrameType.DataEnd)
                Data(ref writer, id, random.Next(1, 2000), type == FrameType.DataEnd);
            else if (type is FrameType.Reset or FrameType.Stop or FrameType.MaxStreamData)
                writer.Write(type, id, random.Next());
            else if (type is FrameType.Ping or FrameType.Pong)
                writer.Write(type);
            else
                writer.Write(type, random.Next());
        }

        return message[..writer.Written];
    }

    private static void Data(ref FrameWriter writer, long id, int count, bool isEnd = false)
    {
        var queue = new ByteQueue();
        queue.Append(new byte[count]);
        writer.WriteData(id, queue, count, isEnd);
    }

    private static void Receive(Multiplexer to, Frames frames) => Assert.True(to.TryReceive(Message(frames), out _, out string? violation), violation);

    private static void AssertRefused(Multiplexer to, Frames frames) => Assert.False(to.TryReceive(Message(frames), out _, out _));

    private static void AssertViolation(Multiplexer to, Frames frames)
    {
        Assert.False(to.TryReceive(Message(frames), out _, out string? violation));
        Assert.NotEmpty(violation);
    }

    private static byte[] Message(Frames frames)
    {
        byte[] message = new byte[FrameLimits.MessageBytesMax];
        var writer = new FrameWriter(message);
        frames(ref writer);
        return message[..writer.Written];
    }

    private static IEnumerable<FrameType> Ordered(IEnumerable<FrameType> types) => types.Order();

    private List<long> Accepted()
    {
        var ids = new List<long>();
        while (Listener.Accept() is { } stream)
            ids.Add(stream.Id);

        return ids;
    }
}
