using Microsoft.Extensions.Logging;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Client.Transport;

/// <summary>
/// The way of this device to its relays, chosen once: QUIC with a WebSocket raced beside it, or one of them alone. A machine on which no QUIC
/// engine loads syncs over WebSockets rather than not at all.
/// </summary>
/// <param name="given">The app's engine, which stays its own; null has one made.</param>
/// <param name="webSocketDelay">See <see cref="SyncClientOptions.WebSocketDelay"/>.</param>
/// <param name="createQuic">Makes an engine, or says that none loads.</param>
internal sealed partial class TransportChoice(ITransport? given, TimeSpan? webSocketDelay, Func<ITransport> createQuic, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private ITransport? _ownQuic;
    private ITransport? _chosen;

    /// <exception cref="SyncException"><see cref="SyncErrorKind.Unreachable"/>: no engine loads and WebSockets are switched off.</exception>
    public ITransport Get()
    {
        lock (_gate)
            return _chosen ??= Choose();
    }

    public ValueTask DisposeAsync() => _ownQuic?.DisposeAsync() ?? ValueTask.CompletedTask;

    private ITransport Choose()
    {
        ITransport? quic = given ?? MakeQuic();
        if (webSocketDelay is not { } delay)
            return quic!;

        var webSocket = new WebSocketTransport(time);
        return quic is null ? webSocket : new FallbackTransport(quic, webSocket, delay, time);
    }

    // Null where WebSockets have to do.
    private ITransport? MakeQuic()
    {
        try
        {
            _ownQuic = createQuic();
            EngineChosen(logger, _ownQuic.Name);
            return _ownQuic;
        }
        catch (TransportException exception) when (exception.Kind == TransportErrorKind.EngineUnavailable)
        {
            if (webSocketDelay is null)
                throw new SyncException(SyncErrorKind.Unreachable, exception.Message, inner: exception);

            NoEngine(logger, exception.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 400, Level = LogLevel.Information, Message = "QUIC engine: {Engine}")]
    private static partial void EngineChosen(ILogger logger, string engine);

    [LoggerMessage(EventId = 401, Level = LogLevel.Warning, Message = "No QUIC engine loads here; relays are reached over WebSockets alone. {What}")]
    private static partial void NoEngine(ILogger logger, string what);
}
