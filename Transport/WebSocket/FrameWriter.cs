namespace ZeroKSync.Transport.WebSocket;

/// <summary>Puts frames into a message. The caller checks <see cref="Room"/> against <see cref="FrameLimits"/> first.</summary>
internal ref struct FrameWriter(Span<byte> message)
{
    private readonly Span<byte> _message = message;

    public int Written { get; private set; }

    public readonly int Room => _message.Length - Written;

    public void Write(FrameType type) => _message[Written++] = (byte)type;

    public void Write(FrameType type, long value)
    {
        Write(type);
        WriteInteger(value);
    }

    public void Write(FrameType type, long streamId, long value)
    {
        Write(type);
        WriteInteger(streamId);
        WriteInteger(value);
    }

    public void Write(FrameSettings settings)
    {
        Write(FrameType.Settings);
        WriteInteger(settings.MaxData);
        WriteInteger(settings.MaxStreamData);
        WriteInteger(settings.MaxBidirectionalStreams);
        WriteInteger(settings.MaxUnidirectionalStreams);
        WriteInteger(settings.IdleMilliseconds);
    }

    public void WriteClose(long code, scoped ReadOnlySpan<byte> reason)
    {
        Write(FrameType.Close, code);
        WriteInteger(reason.Length);
        reason.CopyTo(_message[Written..]);
        Written += reason.Length;
    }

    /// <summary>Takes <paramref name="count"/> bytes out of the queue into a frame.</summary>
    public void WriteData(long streamId, ByteQueue data, int count, bool isEnd)
    {
        Write(isEnd ? FrameType.DataEnd : FrameType.Data, streamId);
        WriteInteger(count);
        data.Read(_message.Slice(Written, count));
        Written += count;
    }

    private void WriteInteger(long value) => Written += VariableLengthInteger.Write(_message[Written..], value);
}
