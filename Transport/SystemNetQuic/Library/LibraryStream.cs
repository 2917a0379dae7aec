using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <inheritdoc cref="IQuicStream"/>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class LibraryStream(QuicStream inner) : IQuicStream
{
    public long Id => inner.Id;

    public QuicStreamType Type => inner.Type;

    public Task WritesClosed => inner.WritesClosed;

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => inner.ReadAsync(buffer, CancellationToken.None);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool completeWrites) => inner.WriteAsync(data, completeWrites, CancellationToken.None);

    public void Abort(QuicAbortDirection direction, long code) => inner.Abort(direction, code);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
