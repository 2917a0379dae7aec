using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <summary>
/// QuicStream, as far as it is used. Nothing takes a token: there, a read or write that is given up aborts its direction. One read and one
/// write at a time.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal interface IQuicStream : IAsyncDisposable
{
    long Id { get; }

    QuicStreamType Type { get; }

    /// <summary>Completes when the peer has acknowledged the end; faults when the direction was given up by either end.</summary>
    Task WritesClosed { get; }

    /// <summary>With an empty buffer it waits for something to read, or the end, and takes nothing.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Holds on to the memory until it completes.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool completeWrites);

    void Abort(QuicAbortDirection direction, long code);
}
