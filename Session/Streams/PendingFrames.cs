using System.Buffers;

namespace ZeroKSync.Session;

/// <summary>
/// Sealed frames that wait to be handed to the transport. What is being sent is taken out, so that more can be added meanwhile. A page is a
/// megabyte: its memory is lent, and given back when it is gone.
/// </summary>
internal sealed class PendingFrames : IDisposable
{
    // Kept between answers; what is longer goes back.
    private const int KeptBytes = 4 << 10;

    private byte[] _bytes = [];

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Room for one more frame, which counts as written.</summary>
    public Span<byte> Add(int bytes)
    {
        if (_bytes.Length - Count < bytes)
            Grow(Count + bytes);

        Span<byte> room = _bytes.AsSpan(Count, bytes);
        Count += bytes;
        return room;
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
        Return(_bytes);
        (_bytes, Count) = ([], 0);
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
