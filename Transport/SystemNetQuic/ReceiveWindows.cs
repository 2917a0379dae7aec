using System.Numerics;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// How a connection's receive limits are split. The native library holds its window, which it wants as a power of two and may let a fast
/// stream grow up to the connection's; System.Net.Quic copies up to 64 KiB of each stream out of it; this adapter reads ahead of the app.
/// While an app does not read, a stream holds no more than was asked for; a connection never does, those copies aside.
/// </summary>
/// <param name="Stream">The native library's for a stream, at its start.</param>
/// <param name="Connection">The native library's for all streams together.</param>
/// <param name="StreamReadAhead">Read of a stream before the app asks.</param>
/// <param name="ConnectionReadAhead">The same, all streams together.</param>
internal readonly record struct ReceiveWindows(int Stream, int Connection, int StreamReadAhead, int ConnectionReadAhead)
{
    // The native library's own first buffer of a stream; a window below it would be one in name only.
    private const int WindowBytesMin = 4096;

    // A half is the library's. Of what is read ahead, an eighth: more would make the library think the app reads, and double the window.
    private const int WindowShare = 2;
    private const int StreamReadAheadShare = 8;
    private const int ConnectionReadAheadShare = 4;

    public static ReceiveWindows Of(TransportConnectionOptions options) => new(
        PowerOfTwo(options.StreamWindowBytes / WindowShare),
        PowerOfTwo(options.ConnectionWindowBytes / WindowShare),
        options.StreamWindowBytes / StreamReadAheadShare,
        options.ConnectionWindowBytes / ConnectionReadAheadShare);

    private static int PowerOfTwo(int atMost) => Math.Max(WindowBytesMin, 1 << BitOperations.Log2((uint)atMost));
}
