namespace ZeroKSync.Transport;

/// <summary>
/// An ordered byte stream inside a connection. At most one read and one write may be pending at a time;
/// reading and writing are independent of each other.
/// </summary>
public abstract class TransportStream : IAsyncDisposable
{
    /// <summary>The code the peer sees for a direction that was disposed before it ended.</summary>
    public const long DisposedCode = 0;

    /// <summary>QUIC stream id (RFC 9000 section 2.1), the same at both ends.</summary>
    public abstract long Id { get; }

    public abstract StreamDirection Direction { get; }

    public abstract bool CanRead { get; }

    public abstract bool CanWrite { get; }

    /// <summary>
    /// Reads at least one byte, or returns 0 at the end of the stream. What arrived before the connection ended can still
    /// be read; a reset by the peer discards it.
    /// </summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies <paramref name="data"/> into the send buffer, waiting while that is full; the caller may reuse it afterwards.
    /// A cancelled write may have sent a prefix: abort the stream then.
    /// </summary>
    /// <param name="endStream">No byte follows: the peer's read returns 0 after this data.</param>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default);

    /// <summary>Tells the peer that nothing more will be read (STOP_SENDING) and drops what was buffered.</summary>
    public abstract void AbortRead(long code);

    /// <summary>Tells the peer that the rest will not come (RESET_STREAM) and drops what was not yet sent.</summary>
    public abstract void AbortWrite(long code);

    /// <summary>Aborts, with <see cref="DisposedCode"/>, each direction that has not ended.</summary>
    public abstract ValueTask DisposeAsync();
}
