using System.Net;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// The client's half of the fallback for networks that block UDP: the same streams over a WebSocket on TLS 1.3. The listener's half needs
/// an HTTP server and is in the gateway.
/// </summary>
public sealed class WebSocketTransport(TimeProvider timeProvider) : ITransport
{
    public string Name => "WebSocket";

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) =>
        throw new TransportException(TransportErrorKind.EngineUnavailable, "Listening for WebSockets needs an HTTP server: use the gateway's half.");

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        return await Race.RunAsync(
            [.. options.RemoteEndPoints.Select(remote => (Func<CancellationToken, Task<TransportConnection>>)(token => AttemptAsync(remote, options, token)))],
            options.AttemptDelay,
            timeProvider,
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<TransportConnection> AttemptAsync(IPEndPoint remote, TransportConnectOptions options, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await new ClientHandshake(remote, options, timeProvider).RunAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TransportException.Closed(new TransportCloseReason(TransportErrorKind.HandshakeTimeout, null, string.Empty, IsPeer: false));
        }
    }
}
