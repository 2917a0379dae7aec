namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>Pinned blocks of one connection, used again; guarded by the connection's lock.</summary>
internal sealed class BlockPool
{
    public const int BlockBytes = 8 << 10;

    private const int KeptMax = 32;

    private readonly Stack<byte[]> _free = new();

    public byte[] Rent() => _free.TryPop(out byte[]? block) ? block : GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

    public void Return(byte[] block)
    {
        if (_free.Count < KeptMax)
            _free.Push(block);
    }
}
