namespace ZeroKSync.Transport.InMemory;

/// <summary>Connection-level credit of one direction: bytes buffered in all its pipes. Guarded by the link's lock.</summary>
internal sealed class InMemoryFlow(int windowBytes)
{
    private int _buffered;

    public Signal Freed { get; } = new();

    public int Room => windowBytes - _buffered;

    public long Transferred { get; private set; }

    public void Take(int bytes)
    {
        _buffered += bytes;
        Transferred += bytes;
    }

    public void Release(int bytes)
    {
        if (bytes == 0)
            return;

        _buffered -= bytes;
        Freed.Pulse();
    }
}
