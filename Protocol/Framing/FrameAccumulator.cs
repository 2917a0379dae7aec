using System.Buffers.Binary;

namespace ZeroKSync.Protocol.Framing;

/// <summary>
/// Cuts a byte stream into frames. It reads no socket: the caller fills <see cref="GetWritable"/>, says <see cref="Advance"/>, and takes
/// frames until <see cref="FrameReadStatus.Incomplete"/>. Memory grows with the bytes that arrived, never by a claimed length.
/// </summary>
public sealed class FrameAccumulator
{
    /// <summary>What it grows to by itself, so that short frames are read many at once; beyond that only as far as the frame at its start goes.</summary>
    public const int ReadBytes = 16 << 10;

    private const int InitialBytes = 4 << 10;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Bytes that arrived and are not yet taken as a frame.</summary>
    public int Buffered => _end - _start;

    /// <summary>Bytes held in memory.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Length of the frame at its start as that claims it, header included; 0 while the header is not whole.</summary>
    public long Claimed => Buffered < FrameHeader.Size ? 0 : FrameHeader.Size + (long)BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));

    /// <summary>Lets go of memory beyond <see cref="ReadBytes"/> when nothing is buffered. What <see cref="TryRead"/> returned before is lost.</summary>
    public void Shrink()
    {
        if (Buffered == 0 && _buffer.Length > ReadBytes)
            (_buffer, _start, _end) = ([], 0, 0);
    }

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

    // Doubling keeps copying linear and the size within twice what really arrived, or the one frame that is waited for.
    private void MakeRoom()
    {
        int size = Math.Max(InitialBytes, (int)Math.Min(_buffer.Length * 2L, Math.Max(ReadBytes, Claimed)));
        if (_start > 0 && (_start >= _buffer.Length / 2 || size <= _buffer.Length))
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
        }
        else
        {
            byte[] larger = new byte[Math.Max(size, Buffered + InitialBytes)];
            _buffer.AsSpan(_start, Buffered).CopyTo(larger);
            _buffer = larger;
        }

        _end = Buffered;
        _start = 0;
    }
}
