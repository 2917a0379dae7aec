namespace ZeroKSync.Protocol.Framing;

/// <summary>
/// Cuts a byte stream into frames. It reads no socket: the caller fills <see cref="GetWritable"/>, says <see cref="Advance"/>, and takes
/// frames until <see cref="FrameReadStatus.Incomplete"/>. Memory grows with the bytes that arrived, never by a claimed length.
/// </summary>
public sealed class FrameAccumulator
{
    private const int InitialBytes = 4 << 10;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Bytes that arrived and are not yet taken as a frame.</summary>
    public int Buffered => _end - _start;

    /// <summary>Bytes held in memory.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Where the next bytes go: never empty. What <see cref="TryRead"/> returned before is overwritten.</summary>
    public Memory<byte> GetWritable()
    {
        if (_start == _end)
            _start = _end = 0;

        if (_end == _buffer.Length)
            MakeRoom();

        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many bytes were written into <see cref="GetWritable"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="bodyBytesMax">Largest body that is accepted now.</param>
    /// <param name="frame">Length and body, in this object's memory until <see cref="GetWritable"/>; the body may be changed in place.</param>
    public FrameReadStatus TryRead(int bodyBytesMax, out Memory<byte> frame)
    {
        frame = default;
        if (Buffered < FrameHeader.Size)
            return FrameReadStatus.Incomplete;

        if (!FrameHeader.TryRead(_buffer.AsSpan(_start), bodyBytesMax, out int bodyLength))
            return FrameReadStatus.TooLong;

        int frameLength = FrameHeader.Size + bodyLength;
        if (Buffered < frameLength)
            return FrameReadStatus.Incomplete;

        frame = _buffer.AsMemory(_start, frameLength);
        _start += frameLength;
        return FrameReadStatus.Frame;
    }

    // Doubling keeps copying linear and the size within twice what really arrived.
    private void MakeRoom()
    {
        if (_start >= _buffer.Length / 2 && _start > 0)
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
        }
        else
        {
            byte[] larger = new byte[Math.Max(InitialBytes, _buffer.Length * 2)];
            _buffer.AsSpan(_start, Buffered).CopyTo(larger);
            _buffer = larger;
        }

        _end = Buffered;
        _start = 0;
    }
}
