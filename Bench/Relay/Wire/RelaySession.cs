using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Relay;

/// <summary>
/// A welcomed session. It changes no keys: a measurement opens a new one before a direction has sealed as many frames as an epoch allows.
/// </summary>
internal sealed class RelaySession(TransportConnection connection, SessionStreams streams, RelayStream session, Welcome welcome) : IAsyncDisposable
{
    public Welcome Welcome => welcome;

    public async Task<RelayStream> OpenStreamAsync(CancellationToken cancellationToken) =>
        RelayStream.Create(await connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken), streams);

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await connection.DisposeAsync();
        streams.Keys.Dispose();
    }
}
