using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <summary>
/// QuicConnection, as far as it is used. Nothing takes a token: there, an open that is given up uses up a stream of the peer's limit. Equal
/// where it is the same connection.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal interface IQuicConnection : IAsyncDisposable
{
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Waits while the peer's limit is reached; ids are given out in the order of the calls.</summary>
    ValueTask<IQuicStream> OpenAsync(QuicStreamType type);

    /// <summary>The next stream of the peer, then what ended the connection.</summary>
    ValueTask<IQuicStream> AcceptAsync();

    /// <summary>Drops what the streams still hold and tells the peer the code. Begins before it returns; completes when the connection is gone.</summary>
    ValueTask CloseAsync(long code);
}
