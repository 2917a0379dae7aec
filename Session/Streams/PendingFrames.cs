using System.Buffers;

namespace ZeroKSync.Session;

/// <summary>Sealed frames that wait to be handed to the transport. A page is a megabyte: its memory is lent, and given back when it is gone.</summary>
internal sealed class PendingFrames : IDisposable
{
    // Kept between answers; what is longer goes back.
    private const int KeptBytes = 4 << 10;

    private byte[] _bytes = [];
    private int _count;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    /// <summary>Room for one more frame, which counts as written.</summary>
    public Span<byte> Add(int bytes)
    {
        if (_bytes.Length - _count < bytes)
            Grow(_count + bytes);

        Span<byte> room = _bytes.AsSpan(_count, bytes);
        _count += bytes;
        return room;
    }

    public void Clear()
    {
        _count = 0;
        if (_bytes.Length > KeptBytes)
            GiveBack();
    }

    public void Dispose() => GiveBack();

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        Written.Span.CopyTo(larger);
        int count = _count;
        GiveBack();
        (_bytes, _count) = (larger, count);
    }

    private void GiveBack()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);

        _bytes = [];
        _count = 0;
    }
}
