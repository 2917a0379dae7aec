using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Network;

/// <summary>A stream that passes everything on: a test overrides what it wants to see or change.</summary>
public abstract class PassingStream(TransportStream inner) : TransportStream
{
    public override long Id => inner.Id;

    public override StreamDirection Direction => inner.Direction;

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(data, endStream, cancellationToken);

    public override void AbortRead(long code) => inner.AbortRead(code);

    public override void AbortWrite(long code) => inner.AbortWrite(code);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
