using System.Text;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// What goes into the next message. Nothing is queued as a frame: what is due is a flag or a position, so a peer that asks a thousand times
/// is answered once.
/// </summary>
internal sealed partial class Multiplexer
{
    private readonly Queue<WebSocketStream> _ready = new();
    private readonly Queue<WebSocketStream> _controls = new();
    private long _maxSend;
    private long _sent;
    private bool _isStarted;
    private bool _isPingDue;
    private bool _isCloseDue;
    private TransportEnd? _end;

    /// <summary>Has the peer asked for a sign of life.</summary>
    public void Ping()
    {
        _isPingDue = true;
        Work.Pulse();
    }

    /// <summary>A stream may have bytes or an end to send.</summary>
    public void Ready(WebSocketStream stream)
    {
        if (stream.IsReady || !stream.HasUnsent)
            return;

        stream.IsReady = true;
        _ready.Enqueue(stream);
        Work.Pulse();
    }

    /// <summary>A stream has something to say besides bytes.</summary>
    public void Control(WebSocketStream stream)
    {
        if (stream.IsControlDue || Reason is not null)
            return;

        stream.IsControlDue = true;
        _controls.Enqueue(stream);
        Work.Pulse();
    }

    /// <summary>Writes the next message.</summary>
    /// <param name="message">At least <see cref="FrameLimits.MessageBytesMax"/>.</param>
    /// <returns>Its length; 0 where there is nothing to say now, and for ever once <see cref="Reason"/> is set.</returns>
    public int Fill(Span<byte> message)
    {
        var writer = new FrameWriter(message);
        if (!_isStarted)
        {
            _isStarted = true;
            writer.Write(FrameSettings.Of(Options));
        }

        if (Reason is not null)
        {
            WriteLast(ref writer, Reason);
            return writer.Written;
        }

        WriteOwnControls(ref writer);
        WriteStreamControls(ref writer);
        WriteStreams(ref writer);
        return writer.Written;
    }

    private void WriteLast(ref FrameWriter writer, TransportCloseReason reason)
    {
        if (_isCloseDue)
            writer.WriteClose(reason.ApplicationCode ?? 0, Encoding.UTF8.GetBytes(CloseArguments.Cut(reason.Reason)));
        else if (_end is { } end)
            writer.Write(FrameType.End, (long)end);

        _isCloseDue = false;
        _end = null;
    }

    private void WriteOwnControls(ref FrameWriter writer)
    {
        if (_isPongDue)
            writer.Write(FrameType.Pong);
        if (_isPingDue)
            writer.Write(FrameType.Ping);

        _isPongDue = false;
        _isPingDue = false;
        if (_isWindowDue)
        {
            _isWindowDue = false;
            _maxReceive = _consumed + Options.ConnectionWindowBytes;
            writer.Write(FrameType.MaxData, _maxReceive);
        }

        WriteGrant(ref writer, FrameType.MaxBidirectionalStreams, _inbound[(int)StreamDirection.Bidirectional]);
        WriteGrant(ref writer, FrameType.MaxUnidirectionalStreams, _inbound[(int)StreamDirection.Unidirectional]);
    }

    private static void WriteGrant(ref FrameWriter writer, FrameType type, InboundStreams inbound)
    {
        if (inbound.IsGrantDue)
            writer.Write(type, inbound.Granted);

        inbound.IsGrantDue = false;
    }

    private void WriteStreamControls(ref FrameWriter writer)
    {
        while (writer.Room >= 3 * FrameLimits.ControlBytesMax && _controls.TryDequeue(out WebSocketStream? stream))
        {
            stream.IsControlDue = false;
            stream.WriteControls(ref writer);
            ForgetIfOver(stream);
        }
    }

    // In turn: whoever sent something goes to the end of the line. Want of the stream's own credit takes it out, and new credit back in.
    private void WriteStreams(ref FrameWriter writer)
    {
        for (int turns = _ready.Count; turns > 0 && writer.Room > FrameLimits.DataHeaderBytesMax; turns--)
        {
            WebSocketStream stream = _ready.Dequeue();
            stream.IsReady = false;
            _sent += stream.WriteData(ref writer, _maxSend - _sent);
            ForgetIfOver(stream);
            if (stream.HasUnsent && stream.HasCredit)
            {
                stream.IsReady = true;
                _ready.Enqueue(stream);
            }
        }
    }
}
