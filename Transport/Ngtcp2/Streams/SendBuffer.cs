using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// Bytes written and not yet acknowledged. The engine keeps pointers into it until they are, so it lies in pinned blocks that do not move
/// and are given back in order.
/// </summary>
internal sealed unsafe class SendBuffer(BlockPool pool)
{
    private readonly Queue<byte[]> _blocks = new();
    private byte[]? _last;
    private int _lastUsed;

    // Stream offsets: of the first block's start, of the next byte to send, of the end.
    private ulong _base;
    private ulong _sent;
    private ulong _total;

    /// <summary>Bytes written and not acknowledged.</summary>
    public int Unacknowledged { get; private set; }

    public bool HasUnsent => _sent < _total;

    public void Append(ReadOnlySpan<byte> data)
    {
        Unacknowledged += data.Length;
        _total += (ulong)data.Length;
        while (!data.IsEmpty)
        {
            if (_last is null || _lastUsed == BlockPool.BlockBytes)
            {
                _last = pool.Rent();
                _lastUsed = 0;
                _blocks.Enqueue(_last);
            }

            int count = Math.Min(data.Length, BlockPool.BlockBytes - _lastUsed);
            data[..count].CopyTo(_last.AsSpan(_lastUsed));
            _lastUsed += count;
            data = data[count..];
        }
    }

    /// <summary>Points at what is to be sent next; returns how many vectors were used.</summary>
    /// <param name="reachesEnd">Whether they hold everything there is.</param>
    public int Gather(VecStruct* vectors, int max, out bool reachesEnd)
    {
        ulong from = _base;
        ulong at = _sent;
        int used = 0;
        foreach (byte[] block in _blocks)
        {
            ulong to = Math.Min(from + BlockPool.BlockBytes, _total);
            if (at < to)
            {
                if (used == max)
                    break;

                vectors[used].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block)) + (int)(at - from);
                vectors[used].Length = (nuint)(to - at);
                used++;
                at = to;
            }

            from += BlockPool.BlockBytes;
        }

        reachesEnd = at == _total;
        return used;
    }

    public void Sent(long count) => _sent += (ulong)count;

    /// <summary>Everything up to an offset was acknowledged.</summary>
    /// <returns>How many bytes that frees.</returns>
    public int Acknowledged(ulong upTo)
    {
        ulong before = _total - (ulong)Unacknowledged;
        if (upTo <= before)
            return 0;

        int freed = (int)(upTo - before);
        Unacknowledged -= freed;
        while (_blocks.Count > 0 && _base + BlockPool.BlockBytes <= upTo)
            ReturnFirst();

        // The last block goes too once it holds nothing the engine may point at.
        if (Unacknowledged == 0 && _blocks.Count > 0)
        {
            while (_blocks.Count > 0)
                ReturnFirst();

            _base = _total;
        }

        return freed;
    }

    /// <summary>Drops everything: the engine no longer points at it.</summary>
    public int Clear()
    {
        int freed = Unacknowledged;
        while (_blocks.Count > 0)
            ReturnFirst();

        _base = _sent = _total;
        Unacknowledged = 0;
        return freed;
    }

    private void ReturnFirst()
    {
        byte[] block = _blocks.Dequeue();
        if (ReferenceEquals(block, _last))
            _last = null;

        _base += BlockPool.BlockBytes;
        pool.Return(block);
    }
}
