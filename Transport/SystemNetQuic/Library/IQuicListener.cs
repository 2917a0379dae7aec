using System.Net;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <summary>QuicListener, as far as it is used.</summary>
internal interface IQuicListener : IAsyncDisposable
{
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The next finished handshake. Throws once for each that failed, without saying whose, and for good once disposed.</summary>
    ValueTask<IQuicConnection> AcceptAsync();
}
