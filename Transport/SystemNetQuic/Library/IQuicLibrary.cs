using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <summary>
/// What this adapter uses of System.Net.Quic. It exists so that everything above it runs, and is tested, where the native library does not
/// load.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal interface IQuicLibrary
{
    /// <param name="options">Without a callback: <paramref name="admit"/> takes its place.</param>
    /// <param name="admit">Gives a newcomer its options, or throws to refuse it. Called on the pool, for several at once.</param>
    /// <param name="cancellationToken">Gives up before the start.</param>
    ValueTask<IQuicListener> ListenAsync(QuicListenerOptions options, Func<IQuicConnection, QuicServerConnectionOptions> admit, CancellationToken cancellationToken);

    ValueTask<IQuicConnection> ConnectAsync(QuicClientConnectionOptions options, CancellationToken cancellationToken);
}
