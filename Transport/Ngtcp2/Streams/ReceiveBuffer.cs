namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>What a stream received and nobody has read yet: a ring that grows to the stream's window, which flow control makes its bound.</summary>
internal sealed class ReceiveBuffer
{
    private const int InitialBytes = 2 << 10;

    private byte[] _bytes = [];
    private int _start;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (Count + data.Length > _bytes.Length)
            Grow(Count + data.Length);

        int end = _start + Count;
        if (end >= _bytes.Length)
            end -= _bytes.Length;

        int first = Math.Min(data.Length, _bytes.Length - end);
        data[..first].CopyTo(_bytes.AsSpan(end));
        data[first..].CopyTo(_bytes);
        Count += data.Length;
    }

    public int Read(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        int first = Math.Min(count, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(destination);
        _bytes.AsSpan(0, count - first).CopyTo(destination[first..]);
        _start += count;
        if (_start >= _bytes.Length)
            _start -= _bytes.Length;

        Count -= count;
        if (Count == 0)
            _start = 0;

        return count;
    }

    public void Clear()
    {
        _bytes = [];
        _start = 0;
        Count = 0;
    }

    private void Grow(int needed)
    {
        int size = Math.Max(InitialBytes, _bytes.Length);
        while (size < needed)
            size *= 2;

        byte[] larger = new byte[size];
        int count = Count;
        Read(larger);
        _bytes = larger;
        _start = 0;
        Count = count;
    }
}
