using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport.WebSocket;

/// <summary>Two multiplexers and the wire between them, moved by hand: no socket, no time, no thread.</summary>
internal sealed class MultiplexerPair
{
    private readonly byte[] _message = new byte[FrameLimits.MessageBytesMax];

    public MultiplexerPair(TransportConnectionOptions? client = null, TransportConnectionOptions? listener = null)
    {
        Client = new Multiplexer(client ?? Options(), isListener: false);
        Listener = new Multiplexer(listener ?? Options(), isListener: true);
        Settle();
    }

    public Multiplexer Client { get; }

    public Multiplexer Listener { get; }

    public static TransportConnectOptions Options(int bidirectional = 8, int streamWindow = 4096, int connectionWindow = 8192, int waitingOpens = 4) => new()
    {
        Alpn = "x",
        RemoteEndPoints = [],
        MaxInboundBidirectionalStreams = bidirectional,
        MaxInboundUnidirectionalStreams = 2,
        StreamWindowBytes = streamWindow,
        ConnectionWindowBytes = connectionWindow,
        StreamSendBufferBytes = 1 << 16,
        ConnectionSendBufferBytes = 1 << 20,
        MaxWaitingOpens = waitingOpens,
    };

    /// <summary>Moves messages until neither has anything to say.</summary>
    public void Settle()
    {
        while (Move(Client, Listener) | Move(Listener, Client))
        {
        }
    }

    /// <summary>Moves one message, if there is one.</summary>
    public bool Move(Multiplexer from, Multiplexer to)
    {
        int count;
        lock (from.Gate)
            count = from.Fill(_message);

        if (count == 0)
            return false;

        lock (to.Gate)
            Assert.True(to.TryReceive(_message.AsSpan(0, count), out _, out string? violation), violation);

        return true;
    }

    public WebSocketStream Open(StreamDirection direction = StreamDirection.Bidirectional) => Client.Open(direction, out _) ?? throw new InvalidOperationException("The limit is reached.");

    /// <summary>The frames that an end wants to send now, as types.</summary>
    public List<FrameType> Said(Multiplexer by)
    {
        var said = new List<FrameType>();
        while (by.Fill(_message) is > 0 and int count)
        {
            ReadOnlySpan<byte> rest = _message.AsSpan(0, count);
            while (!rest.IsEmpty)
            {
                Assert.True(FrameReader.TryRead(ref rest, out Frame frame));
                said.Add(frame.Type);
            }
        }

        return said;
    }

    /// <summary>A write that cannot wait, because everything fits the buffers.</summary>
    public static void Write(WebSocketStream stream, byte[] data, bool isEnd = false)
    {
        ValueTask writing = stream.WriteAsync(data, isEnd, Bounded.Token());
        Assert.True(writing.IsCompletedSuccessfully);
    }
}
