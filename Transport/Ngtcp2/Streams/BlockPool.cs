namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// Pinned blocks for bytes that wait to be acknowledged, shared by the connections of a loop and used again. Two sizes: most streams carry
/// a request of some hundred bytes, a few carry megabytes.
/// </summary>
internal sealed class BlockPool
{
    public const int SmallBytes = 1 << 10;
    public const int LargeBytes = 16 << 10;

    private const int SmallKeptMax = 4096;
    private const int LargeKeptMax = 512;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _small = new();
    private readonly Stack<byte[]> _large = new();

    /// <param name="isLarge">Whether the caller has more to put in than a small block holds.</param>
    public byte[] Rent(bool isLarge)
    {
        lock (_gate)
        {
            if ((isLarge ? _large : _small).TryPop(out byte[]? block))
                return block;
        }

        return GC.AllocateUninitializedArray<byte>(isLarge ? LargeBytes : SmallBytes, pinned: true);
    }

    public void Return(byte[] block)
    {
        bool isLarge = block.Length == LargeBytes;
        lock (_gate)
        {
            Stack<byte[]> kept = isLarge ? _large : _small;
            if (kept.Count < (isLarge ? LargeKeptMax : SmallKeptMax))
                kept.Push(block);
        }
    }
}
