namespace ZeroKSync.Transport.WebSocket;

/// <summary>Takes frames off a message, allocating nothing: whatever length a frame claims must be there already.</summary>
internal static class FrameReader
{
    /// <summary>False where the bytes are no whole frame of this format; the message is worthless then.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> message, out Frame frame)
    {
        frame = default;
        if (message.IsEmpty)
            return false;

        var type = (FrameType)message[0];
        ReadOnlySpan<byte> rest = message[1..];
        bool isRead = type switch
        {
            FrameType.Settings => TryReadSettings(ref rest, out frame),
            FrameType.Ping or FrameType.Pong => TryReadNothing(type, out frame),
            FrameType.Data or FrameType.DataEnd => TryReadData(type, ref rest, out frame),
            FrameType.Reset or FrameType.Stop or FrameType.MaxStreamData => TryReadOfStream(type, ref rest, out frame),
            FrameType.MaxData or FrameType.MaxBidirectionalStreams or FrameType.MaxUnidirectionalStreams or FrameType.End => TryReadValue(type, ref rest, out frame),
            FrameType.Close => TryReadClose(ref rest, out frame),
            _ => false,
        };
        if (isRead)
            message = rest;

        return isRead;
    }

    private static bool TryReadNothing(FrameType type, out Frame frame)
    {
        frame = new Frame { Type = type };
        return true;
    }

    private static bool TryReadSettings(scoped ref ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long maxData)
            || !VariableLengthInteger.TryRead(ref rest, out long maxStreamData)
            || !VariableLengthInteger.TryRead(ref rest, out long bidirectional)
            || !VariableLengthInteger.TryRead(ref rest, out long unidirectional)
            || !VariableLengthInteger.TryRead(ref rest, out long idle))
        {
            return false;
        }

        frame = new Frame { Type = FrameType.Settings, Settings = new FrameSettings(maxData, maxStreamData, bidirectional, unidirectional, idle) };
        return frame.Settings.IsInBounds;
    }

    private static bool TryReadData(FrameType type, scoped ref ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long id) || !TryReadBytes(ref rest, FrameLimits.MessageBytesMax, out ReadOnlySpan<byte> data))
            return false;

        frame = new Frame { Type = type, StreamId = id, Data = data };
        // Nothing and no end would be work without a cost to its sender.
        return type == FrameType.DataEnd || !data.IsEmpty;
    }

    private static bool TryReadOfStream(FrameType type, scoped ref ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long id) || !VariableLengthInteger.TryRead(ref rest, out long value))
            return false;

        frame = new Frame { Type = type, StreamId = id, Value = value };
        return true;
    }

    private static bool TryReadValue(FrameType type, scoped ref ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long value))
            return false;

        frame = new Frame { Type = type, Value = value };
        return type is FrameType.MaxData or FrameType.End || value <= FrameLimits.StreamsMax;
    }

    private static bool TryReadClose(scoped ref ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long code) || !TryReadBytes(ref rest, TransportConnection.MaxCloseReasonBytes, out ReadOnlySpan<byte> reason))
            return false;

        frame = new Frame { Type = FrameType.Close, Value = code, Data = reason };
        return true;
    }

    private static bool TryReadBytes(scoped ref ReadOnlySpan<byte> rest, int max, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!VariableLengthInteger.TryRead(ref rest, out long length) || length > max || length > rest.Length)
            return false;

        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
