using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>What the peer's frames do. Each rule it can break has one sentence.</summary>
internal sealed partial class Multiplexer
{
    private long _maxReceive;
    private long _received;
    private long _consumed;
    private bool _isWindowDue;
    private bool _isPongDue;

    /// <summary>Takes a message.</summary>
    /// <param name="message">Whole frames, at least one.</param>
    /// <param name="wantsAnswer">Whether the peer would be reassured by a sign of life: everything but one of its own.</param>
    /// <param name="violation">The rule the peer broke.</param>
    public bool TryReceive(ReadOnlySpan<byte> message, out bool wantsAnswer, [NotNullWhen(false)] out string? violation)
    {
        violation = message.IsEmpty ? "a message without a frame" : null;
        wantsAnswer = false;
        while (!message.IsEmpty && violation is null && Reason is null)
        {
            if (!FrameReader.TryRead(ref message, out Frame frame))
            {
                violation = "bytes that are no frame";
                break;
            }

            wantsAnswer |= frame.Type != FrameType.Pong;
            violation = Receive(frame);
        }

        return violation is null;
    }

    /// <summary>Has a sign of life sent; any number of them are one.</summary>
    public void Answer()
    {
        _isPongDue = true;
        Work.Pulse();
    }

    /// <summary>Bytes were read or dropped: credit for the connection.</summary>
    public void Consumed(int bytes)
    {
        _consumed += bytes;
        if (_maxReceive - _consumed > Options.ConnectionWindowBytes / 2 || _isWindowDue)
            return;

        _isWindowDue = true;
        Work.Pulse();
    }

    private string? Receive(Frame frame)
    {
        if ((PeerSettings is null) != (frame.Type == FrameType.Settings))
            return "settings that are not its first frame";

        switch (frame.Type)
        {
            case FrameType.Settings:
                Start(frame.Settings);
                return null;
            case FrameType.Ping:
                Answer();
                return null;
            case FrameType.Pong:
                return null;
            case FrameType.MaxData:
                _maxSend = Math.Max(_maxSend, frame.Value);
                Work.Pulse();
                return null;
            case FrameType.MaxBidirectionalStreams or FrameType.MaxUnidirectionalStreams:
                StreamDirection direction = frame.Type == FrameType.MaxBidirectionalStreams ? StreamDirection.Bidirectional : StreamDirection.Unidirectional;
                _outbound[(int)direction].Allow(frame.Value);
                Serve(direction);
                return null;
            case FrameType.Close:
                Finish(new TransportCloseReason(TransportErrorKind.ClosedByPeer, frame.Value, Encoding.UTF8.GetString(frame.Data), IsPeer: true));
                return null;
            case FrameType.End:
                Finish(new TransportCloseReason(
                    frame.Value == (long)TransportEnd.Idle ? TransportErrorKind.IdleTimeout : TransportErrorKind.ProtocolViolation, null, string.Empty, IsPeer: true));
                return null;
            default:
                return ReceiveOfStream(frame);
        }
    }

    private void Start(FrameSettings settings)
    {
        PeerSettings = settings;
        _maxSend = settings.MaxData;
        _outbound[(int)StreamDirection.Bidirectional].Allow(settings.MaxBidirectionalStreams);
        _outbound[(int)StreamDirection.Unidirectional].Allow(settings.MaxUnidirectionalStreams);
        Serve(StreamDirection.Bidirectional);
        Serve(StreamDirection.Unidirectional);
    }

    private string? ReceiveOfStream(Frame frame)
    {
        bool isToReader = frame.Type is FrameType.Data or FrameType.DataEnd or FrameType.Reset;
        bool isLocal = StreamIds.IsOfListener(frame.StreamId) == _isListener;
        if (StreamIds.Direction(frame.StreamId) == StreamDirection.Unidirectional && isLocal == isToReader)
            return "a frame against the direction of its stream";
        if (isLocal && StreamIds.Number(frame.StreamId) >= _outbound[(int)StreamIds.Direction(frame.StreamId)].Opened)
            return "a frame of a stream that is not open";
        if (!_streams.TryGetValue(frame.StreamId, out WebSocketStream? stream) && !isLocal && TryOpen(frame.StreamId, out stream) is { } violation)
            return violation;
        // Over here, and the peer cannot know yet; it knows what it ended itself.
        if (stream is null)
            return isToReader ? "bytes after the end of a stream" : null;

        if (frame.Type is FrameType.Data or FrameType.DataEnd && frame.Data.Length > _maxReceive - _received)
            return "more bytes than the connection's credit";

        _received += frame.Data.Length;
        bool isAllowed = Receive(stream, frame);
        ForgetIfOver(stream);
        return isAllowed ? null : "bytes or an end that the stream's credit or state does not allow";
    }

    private static bool Receive(WebSocketStream stream, Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Data or FrameType.DataEnd:
                return stream.TryReceive(frame.Data, isEnd: frame.Type == FrameType.DataEnd);
            case FrameType.Reset:
                return stream.TryReset(frame.Value);
            case FrameType.Stop:
                stream.Stopped(frame.Value);
                return true;
            default:
                stream.Allow(frame.Value);
                return true;
        }
    }

    // A stream that was open before and is over gives none, and no violation either.
    private string? TryOpen(long id, out WebSocketStream? stream)
    {
        stream = null;
        if (!_inbound[(int)StreamIds.Direction(id)].TryOpen(StreamIds.Number(id), out bool isNew))
            return "more streams than its limit";
        if (!isNew)
            return null;

        stream = new WebSocketStream(this, id, isLocal: false, PeerSettings!.Value.MaxStreamData);
        _streams.Add(id, stream);
        _toAccept.Enqueue(stream);
        Acceptable.Pulse();
        return null;
    }
}
