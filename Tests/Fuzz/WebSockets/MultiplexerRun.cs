using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Fuzz.WebSockets;

/// <summary>One life of a multiplexer, beside a second account of what the peer's frames say. Where the two part, a promise is broken.</summary>
internal sealed class MultiplexerRun(bool isListener)
{
    private const int BidirectionalMax = 4;
    private const int UnidirectionalMax = 2;
    // Small, so that their borders are met.
    private const int WindowBytes = 300;
    private const int ConnectionWindowBytes = 500;
    private const int WriteBytes = 700;
    private const int WaitingOpensMax = 4;

    // What is due is a flag or a position: however much a peer asked, so many messages say it all.
    private const int MessagesMax = 16;

    private readonly Multiplexer _multiplexer = new(
        new TransportConnectOptions
        {
            Alpn = "x",
            RemoteEndPoints = [],
            MaxInboundBidirectionalStreams = BidirectionalMax,
            MaxInboundUnidirectionalStreams = UnidirectionalMax,
            StreamWindowBytes = WindowBytes,
            ConnectionWindowBytes = ConnectionWindowBytes,
            StreamSendBufferBytes = 1 << 16,
            ConnectionSendBufferBytes = 1 << 17,
            MaxWaitingOpens = WaitingOpensMax,
        },
        isListener);

    private readonly Dictionary<long, Queue<byte>> _unread = [];
    private readonly List<WebSocketStream> _accepted = [];
    private readonly List<WebSocketStream> _streams = [];
    private readonly HashSet<long> _met = [];
    private readonly byte[] _message = new byte[FrameLimits.MessageBytesMax];
    private readonly byte[] _encoded = new byte[FrameLimits.MessageBytesMax];
    private int _waiting;

    /// <summary>The peer broke a rule, or ended it.</summary>
    public bool IsOver { get; private set; }

    public void Take(HostileStep step, byte argument, ReadOnlySpan<byte> bytes)
    {
        switch (step)
        {
            case HostileStep.Message:
                Receive(bytes);
                break;
            case HostileStep.Accept:
                Accept();
                break;
            case HostileStep.Open:
                Open(argument);
                break;
            case HostileStep.Send:
                Send();
                break;
            case HostileStep.Read when Chosen(argument) is { CanRead: true } stream:
                Read(stream, 1 + argument);
                break;
            case HostileStep.AbortRead when Chosen(argument) is { CanRead: true } stream:
                stream.AbortRead(argument);
                _unread.Remove(stream.Id);
                break;
            case HostileStep.AbortWrite when Chosen(argument) is { CanWrite: true } stream:
                stream.AbortWrite(argument);
                break;
            case HostileStep.Write when Chosen(argument) is { CanWrite: true } stream:
                Write(stream, isEnd: argument > 200);
                break;
            default:
                break;
        }
    }

    /// <summary>Nothing is left to say but one last word.</summary>
    public void End()
    {
        _multiplexer.Finish(new TransportCloseReason(TransportErrorKind.ClosedLocally, 0, string.Empty, IsPeer: false));
        if (Fill() > 0 && Fill() > 0)
            throw new BrokenPromiseException("more than one message after the end");
    }

    private WebSocketStream? Chosen(byte argument) => _streams.Count == 0 ? null : _streams[argument % _streams.Count];

    private void Receive(ReadOnlySpan<byte> message)
    {
        bool isAllowed = _multiplexer.TryReceive(message, out _, out string? violation);
        if (isAllowed == (violation is not null))
            throw new BrokenPromiseException("a violation has words, and only a violation");

        IsOver = !isAllowed || _multiplexer.Reason is not null;
        if (IsOver)
            return;

        while (!message.IsEmpty)
        {
            ReadOnlySpan<byte> before = message;
            if (!FrameReader.TryRead(ref message, out Frame frame) || !before[..^message.Length].SequenceEqual(Encoded(frame)))
                throw new BrokenPromiseException("bytes were taken that are no frame, or not in their one form");

            if (IsOfPeer(frame))
                _met.Add(frame.StreamId);
            if (frame.Type is FrameType.Data or FrameType.DataEnd)
                Remember(frame);
            else if (frame.Type == FrameType.Reset)
                _unread.Remove(frame.StreamId);
        }

        CheckLimit(StreamDirection.Bidirectional, BidirectionalMax);
        CheckLimit(StreamDirection.Unidirectional, UnidirectionalMax);
        if (_unread.Values.Sum(bytes => (long)bytes.Count) > ConnectionWindowBytes)
            throw new BrokenPromiseException("more bytes wait than the connection's window");
    }

    private bool IsOfPeer(Frame frame) =>
        frame.Type is FrameType.Data or FrameType.DataEnd or FrameType.Reset or FrameType.Stop or FrameType.MaxStreamData
        && StreamIds.IsOfListener(frame.StreamId) != isListener;

    private ReadOnlySpan<byte> Encoded(Frame frame)
    {
        var writer = new FrameWriter(_encoded);
        switch (frame.Type)
        {
            case FrameType.Settings:
                writer.Write(frame.Settings);
                break;
            case FrameType.Data or FrameType.DataEnd:
                var queue = new ByteQueue();
                queue.Append(frame.Data);
                writer.WriteData(frame.StreamId, queue, frame.Data.Length, frame.Type == FrameType.DataEnd);
                break;
            case FrameType.Reset or FrameType.Stop or FrameType.MaxStreamData:
                writer.Write(frame.Type, frame.StreamId, frame.Value);
                break;
            case FrameType.Ping or FrameType.Pong:
                writer.Write(frame.Type);
                break;
            default:
                writer.Write(frame.Type, frame.Value);
                break;
        }

        return _encoded.AsSpan(0, writer.Written);
    }

    // A stream's place is free again when the app took it and both directions are over.
    private void CheckLimit(StreamDirection direction, int limit)
    {
        int met = _met.Count(id => StreamIds.Direction(id) == direction);
        int over = _accepted.Count(stream => stream.Direction == direction && stream.IsOver);
        if (met - over > limit)
            throw new BrokenPromiseException("more streams live than the limit");
    }

    // What was given up here is not kept, and not to be remembered either.
    private void Remember(Frame frame)
    {
        long id = frame.StreamId;
        if (_streams.Find(stream => stream.Id == id) is not null && !_unread.ContainsKey(id))
            return;

        Queue<byte> unread = _unread.TryGetValue(id, out Queue<byte>? known) ? known : _unread[id] = new Queue<byte>();
        foreach (byte one in frame.Data)
            unread.Enqueue(one);

        if (unread.Count > WindowBytes)
            throw new BrokenPromiseException("more bytes wait on a stream than its window");
    }

    private void Accept()
    {
        if (_multiplexer.Accept() is not { } stream)
            return;

        _accepted.Add(stream);
        _streams.Add(stream);
        if (!_unread.ContainsKey(stream.Id))
            _unread[stream.Id] = new Queue<byte>();

        if (_accepted.DistinctBy(one => one.Id).Count() != _accepted.Count)
            throw new BrokenPromiseException("a stream was accepted twice");

    }

    private void Open(byte argument)
    {
        if (_multiplexer.PeerSettings is null || _waiting == WaitingOpensMax)
            return;

        if (_multiplexer.Open(argument % 2 == 0 ? StreamDirection.Bidirectional : StreamDirection.Unidirectional, out _) is not { } stream)
        {
            // Whoever waits is served unseen here: its stream is one more that the peer may use.
            _waiting++;
            return;
        }

        _streams.Add(stream);
        _unread[stream.Id] = new Queue<byte>();
    }

    private void Read(WebSocketStream stream, int bytesMax)
    {
        if (!_unread.TryGetValue(stream.Id, out Queue<byte>? expected) || expected.Count == 0)
            return;

        byte[] buffer = new byte[bytesMax];
        ValueTask<int> reading = stream.ReadAsync(buffer, CancellationToken.None);
        if (!reading.IsCompletedSuccessfully)
            throw new BrokenPromiseException("bytes that arrived cannot be read");

        int count = reading.Result;
        for (int i = 0; i < count; i++)
        {
            if (buffer[i] != expected.Dequeue())
                throw new BrokenPromiseException("other bytes are read than arrived");
        }
    }

    private static void Write(WebSocketStream stream, bool isEnd)
    {
        try
        {
            ValueTask writing = stream.WriteAsync(new byte[WriteBytes], isEnd, CancellationToken.None);
            if (!writing.IsCompleted)
                throw new BrokenPromiseException("a write waits although its bytes fit");

            writing.GetAwaiter().GetResult();
        }
        catch (TransportException)
        {
            // The peer stopped it, or the app gave it up.
        }
        catch (InvalidOperationException)
        {
            // The app ended it before.
        }
    }

    private void Send()
    {
        for (int messages = 0; Fill() is > 0 and int length; messages++)
        {
            if (messages > MessagesMax)
                throw new BrokenPromiseException("there is no end of what is due");

            ReadOnlySpan<byte> rest = _message.AsSpan(0, length);
            while (!rest.IsEmpty)
            {
                if (!FrameReader.TryRead(ref rest, out _))
                    throw new BrokenPromiseException("bytes are sent that are no frame");
            }
        }
    }

    private int Fill() => _multiplexer.Fill(_message);
}
