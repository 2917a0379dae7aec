using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <inheritdoc cref="IQuicListener"/>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class LibraryListener(QuicListener inner) : IQuicListener
{
    public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

    public async ValueTask<IQuicConnection> AcceptAsync() =>
        new LibraryConnection(await inner.AcceptConnectionAsync(CancellationToken.None).ConfigureAwait(false));

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
