using System.Buffers;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// What a stream received and nobody has read yet: a ring that grows to the stream's window, which flow control makes its bound. An empty
/// one holds no memory.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int InitialBytes = 512;

    private byte[]? _bytes;
    private int _start;
    // What the last ring had grown to: a stream that was busy once will be again.
    private int _size = InitialBytes;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        if (_bytes is null || Count + data.Length > _bytes.Length)
            Grow(Count + data.Length);

        int end = _start + Count;
        if (end >= _bytes!.Length)
            end -= _bytes.Length;

        int first = Math.Min(data.Length, _bytes.Length - end);
        data[..first].CopyTo(_bytes.AsSpan(end));
        data[first..].CopyTo(_bytes);
        Count += data.Length;
    }

    public int Read(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        Peek(destination[..count]);
        Count -= count;
        if (Count == 0)
            Clear();
        else
            _start = (_start + count) % _bytes!.Length;

        return count;
    }

    public void Clear()
    {
        GiveBack();
        _bytes = null;
        _start = 0;
        Count = 0;
    }

    private void Peek(Span<byte> destination)
    {
        int first = Math.Min(destination.Length, _bytes!.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    private void Grow(int needed)
    {
        while (_size < needed)
            _size *= 2;

        // What the loop takes and the app gives back goes the pool's slow way; for a small one that costs more than a new one.
        byte[] larger = _size > InitialBytes ? ArrayPool<byte>.Shared.Rent(_size) : new byte[InitialBytes];
        if (_bytes is not null)
        {
            Peek(larger.AsSpan(0, Count));
            GiveBack();
        }

        _bytes = larger;
        _start = 0;
    }

    private void GiveBack()
    {
        if (_bytes is { Length: > InitialBytes })
            ArrayPool<byte>.Shared.Return(_bytes);
    }
}
