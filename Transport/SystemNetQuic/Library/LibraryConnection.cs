using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic.Library;

/// <inheritdoc cref="IQuicConnection"/>
/// <remarks>A record, because the listener's callback and its accept each wrap the one connection.</remarks>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed record LibraryConnection(QuicConnection Inner) : IQuicConnection
{
    public IPEndPoint RemoteEndPoint => Inner.RemoteEndPoint;

    public async ValueTask<IQuicStream> OpenAsync(QuicStreamType type) =>
        new LibraryStream(await Inner.OpenOutboundStreamAsync(type, CancellationToken.None).ConfigureAwait(false));

    public async ValueTask<IQuicStream> AcceptAsync() =>
        new LibraryStream(await Inner.AcceptInboundStreamAsync(CancellationToken.None).ConfigureAwait(false));

    public ValueTask CloseAsync(long code) => Inner.CloseAsync(code, CancellationToken.None);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
