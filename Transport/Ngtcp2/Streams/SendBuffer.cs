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
    private const int InitialBlocks = 4;

    // A ring: the first block is at _head.
    private Block[] _blocks = [];
    private int _head;
    private int _count;

    // The next byte to send: a block, counted from the first, and a place in it.
    private int _sendBlock;
    private int _sendAt;

    // Stream offsets: of the first block, of the end.
    private ulong _base;
    private ulong _total;
    private int _unsent;

    /// <summary>Bytes written and not acknowledged.</summary>
    public int Unacknowledged { get; private set; }

    public bool HasUnsent => _unsent > 0;

    /// <summary>Bytes were sent and are not acknowledged.</summary>
    public bool HasUnacknowledged => Unacknowledged > _unsent;

    public void Append(ReadOnlySpan<byte> data)
    {
        Unacknowledged += data.Length;
        _unsent += data.Length;
        _total += (ulong)data.Length;
        while (!data.IsEmpty)
        {
            if (_count == 0 || At(_count - 1).IsFull)
                Add(pool.Rent(isLarge: data.Length > BlockPool.SmallBytes || _count > 0));

            ref Block last = ref At(_count - 1);
            int count = Math.Min(data.Length, last.Bytes.Length - last.Used);
            data[..count].CopyTo(last.Bytes.AsSpan(last.Used));
            last.Used += count;
            data = data[count..];
        }
    }

    /// <summary>Points at what is to be sent next; returns how many vectors were used.</summary>
    /// <param name="reachesEnd">Whether they hold everything there is.</param>
    public int Gather(VecStruct* vectors, int max, out bool reachesEnd)
    {
        int used = 0;
        int at = _sendAt;
        int left = _unsent;
        for (int i = _sendBlock; i < _count && left > 0 && used < max; i++)
        {
            ref Block block = ref At(i);
            if (block.Used > at)
            {
                vectors[used].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block.Bytes)) + at;
                vectors[used].Length = (nuint)(block.Used - at);
                left -= block.Used - at;
                used++;
            }

            at = 0;
        }

        reachesEnd = left == 0;
        return used;
    }

    public void Sent(long count)
    {
        _unsent -= (int)count;
        _sendAt += (int)count;
        while (_sendBlock < _count - 1 && _sendAt >= At(_sendBlock).Used)
        {
            _sendAt -= At(_sendBlock).Used;
            _sendBlock++;
        }
    }

    /// <summary>Everything up to an offset was acknowledged.</summary>
    /// <returns>How many bytes that frees.</returns>
    public int Acknowledged(ulong upTo)
    {
        ulong before = _total - (ulong)Unacknowledged;
        if (upTo <= before)
            return 0;

        int freed = (int)(upTo - before);
        Unacknowledged -= freed;
        while (_count > 0 && _base + (ulong)At(0).Used <= upTo)
            ReturnFirst();

        return freed;
    }

    /// <summary>Drops everything: the engine no longer points at it.</summary>
    public int Clear()
    {
        int freed = Unacknowledged;
        while (_count > 0)
            ReturnFirst();

        Unacknowledged = 0;
        _unsent = 0;
        return freed;
    }

    private ref Block At(int index) => ref _blocks[(_head + index) & (_blocks.Length - 1)];

    private void Add(byte[] bytes)
    {
        if (_count == _blocks.Length)
            Grow();

        At(_count++) = new Block { Bytes = bytes };
        // What was sent of the blocks before lies behind: the next byte is in this one.
        if (_sendBlock < _count - 1 && _sendAt >= At(_sendBlock).Used)
        {
            _sendAt = 0;
            _sendBlock++;
        }
    }

    private void Grow()
    {
        var larger = new Block[Math.Max(InitialBlocks, _blocks.Length * 2)];
        for (int i = 0; i < _count; i++)
            larger[i] = At(i);

        _blocks = larger;
        _head = 0;
    }

    private void ReturnFirst()
    {
        ref Block first = ref At(0);
        _base += (ulong)first.Used;
        pool.Return(first.Bytes);
        first = default;
        _head = (_head + 1) & (_blocks.Length - 1);
        _count--;
        if (_sendBlock > 0)
            _sendBlock--;
        else
            _sendAt = 0;
    }

    private struct Block
    {
        public byte[] Bytes;
        public int Used;

        public readonly bool IsFull => Used == Bytes.Length;
    }
}
