using System.Buffers;

namespace ZeroKSync.Session;

/// <summary>
/// Frames that wait to be handed to the transport; the last of them may still take messages. What is being sent is taken out, so that more
/// can be added meanwhile. A page is a megabyte: its memory is lent, and given back when it is gone.
/// </summary>
internal sealed class PendingFrames : IDisposable
{
    // Kept between answers; what is longer goes back.
    private const int KeptBytes = 4 << 10;

    private byte[] _bytes = [];

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the messages of the frame that is not ended.</summary>
    public int SharedBytes { get; private set; }

    /// <summary>Room for a whole frame without a message.</summary>
    public Span<byte> Begin() => Add(FrameSealer.OverheadBytes);

    /// <summary>Room for one more message in the frame that is not ended, or else in a new one.</summary>
    public Span<byte> Share(int bytes)
    {
        if (SharedBytes == 0)
            Add(FrameSealer.HeaderBytes);

        Span<byte> room = Add(bytes);
        SharedBytes += bytes;
        return room;
    }

    /// <summary>Ends that frame: it takes no more messages and is to be sealed where it lies.</summary>
    public Span<byte> EndShared()
    {
        Add(FrameSealer.OverheadBytes - FrameSealer.HeaderBytes);
        int size = FrameSealer.GetFrameSize(SharedBytes);
        SharedBytes = 0;
        return _bytes.AsSpan(Count - size, size);
    }

    /// <summary>Takes all that waits, with its memory: to be handed back with <see cref="GiveBack"/>, or left to the collector.</summary>
    public ArraySegment<byte> Take()
    {
        var taken = new ArraySegment<byte>(_bytes, 0, Count);
        (_bytes, Count) = ([], 0);
        return taken;
    }

    /// <summary>Memory of <see cref="Take"/> that nobody reads any more.</summary>
    public void GiveBack(ArraySegment<byte> taken)
    {
        byte[] bytes = taken.Array!;
        if (_bytes.Length == 0 && bytes.Length <= KeptBytes)
            _bytes = bytes;
        else
            Return(bytes);
    }

    public void Dispose()
    {
        ClearShared();
        Return(_bytes);
        (_bytes, Count, SharedBytes) = ([], 0, 0);
    }

    private Span<byte> Add(int bytes)
    {
        if (_bytes.Length - Count < bytes)
            Grow(Count + bytes);

        Span<byte> room = _bytes.AsSpan(Count, bytes);
        Count += bytes;
        return room;
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        ClearShared();
        Return(_bytes);
        _bytes = larger;
    }

    // Not sealed yet: nobody is to find it in memory that is lent again.
    private void ClearShared() => _bytes.AsSpan(Count - SharedBytes, SharedBytes).Clear();

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
