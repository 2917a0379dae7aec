using System.Buffers;

namespace ZeroKSync.Transport;

/// <summary>Bytes in order, in pooled blocks: many small appends share one, so a peer's tiny frames cost it more than this end.</summary>
internal sealed class ByteQueue
{
    private const int BlockBytesMin = 512;
    private const int BlockBytesMax = 16 << 10;

    private readonly Queue<byte[]> _blocks = new();
    private byte[] _last = [];
    private int _start;
    private int _end;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        Count += data.Length;
        while (!data.IsEmpty)
        {
            if (_end == _last.Length)
                AddBlock(data.Length);

            int part = Math.Min(data.Length, _last.Length - _end);
            data[..part].CopyTo(_last.AsSpan(_end));
            _end += part;
            data = data[part..];
        }
    }

    /// <returns>The bytes moved, as many as there are and fit.</returns>
    public int Read(Span<byte> to)
    {
        int read = 0;
        while (read < to.Length && Count > 0)
        {
            byte[] first = _blocks.Peek();
            int part = Math.Min((_blocks.Count == 1 ? _end : first.Length) - _start, to.Length - read);
            first.AsSpan(_start, part).CopyTo(to[read..]);
            read += part;
            Count -= part;
            _start += part;
            if (Count == 0)
                Clear();
            else if (_start == first.Length)
                DropFirst();
        }

        return read;
    }

    /// <returns>The bytes dropped.</returns>
    public int Clear()
    {
        int dropped = Count;
        while (_blocks.Count > 0)
            DropFirst();

        _last = [];
        _end = 0;
        Count = 0;
        return dropped;
    }

    private void AddBlock(int wanted)
    {
        _last = ArrayPool<byte>.Shared.Rent(Math.Clamp(wanted, BlockBytesMin, BlockBytesMax));
        _end = 0;
        _blocks.Enqueue(_last);
    }

    private void DropFirst()
    {
        ArrayPool<byte>.Shared.Return(_blocks.Dequeue());
        _start = 0;
    }
}
