using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Quic;

/// <summary>
/// Accepts connections and runs a session on each. Stopping drains: newcomers are refused, the others told when to come back, what is in
/// flight is finished within the drain timeout.
/// </summary>
public sealed partial class RelayListener(RelayPorts ports, GatewayServices services, ILogger<RelayListener> logger) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _sessions = [];
    private TransportListener? _quic;
    private TransportListener? _webSocket;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens for QUIC, once it does.</summary>
    public IPEndPoint? LocalEndPoint => _quic?.LocalEndPoint;

    /// <summary>Where it listens for WebSockets, once it does; null where that is off.</summary>
    public IPEndPoint? WebSocketEndPoint => _webSocket?.LocalEndPoint;

    /// <summary>Counters of all its listeners together.</summary>
    public ListenerStatistics Statistics
    {
        get
        {
            ListenerStatistics[] all = [.. Listeners().Select(listener => listener.Statistics)];
            return new ListenerStatistics(
                all.Sum(one => one.Connections), all.Sum(one => one.HalfOpen), all.Sum(one => one.Handshakes), all.Sum(one => one.Refused), all.Sum(one => one.ProofsAsked));
        }
    }

    /// <summary>Whether newcomers are taken.</summary>
    public bool IsAccepting => _quic is not null && !_drain.IsCancellationRequested;

    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (_quic, _webSocket) = await ports.BindAsync(cancellationToken);
        services.Metrics.Observe(() => Statistics);
        _accepting = Task.WhenAll(Listeners().Select(AcceptAsync));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        TransportListener[] listeners = [.. Listeners()];
        if (listeners.Length == 0)
            return;

        foreach (TransportListener listener in listeners)
            await listener.StopAcceptingAsync();

        await _drain.CancelAsync();
        Task[] sessions;
        lock (_gate)
            sessions = [.. _sessions];

        Draining(logger, sessions.Length);
        Task ended = Task.WhenAll(sessions);
        await Task.WhenAny(ended, Task.Delay(services.Options.DrainTimeout, services.Time, cancellationToken));
        foreach (TransportListener listener in listeners)
            await listener.DisposeAsync();

        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _accepting;
        (_quic, _webSocket) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _drain.Dispose();
    }

    private IEnumerable<TransportListener> Listeners() => ((TransportListener?[])[_quic, _webSocket]).OfType<TransportListener>();

    private async Task AcceptAsync(TransportListener listener)
    {
        while (await listener.AcceptAsync(CancellationToken.None) is { } connection)
        {
            Task session = ServeAsync(connection);
            lock (_gate)
            {
                _sessions.RemoveWhere(task => task.IsCompleted);
                _sessions.Add(session);
            }
        }
    }

    private async Task ServeAsync(TransportConnection connection)
    {
        GatewayLimit reached = GatewayLimit.BytesInHand;
        using SessionLease? lease = services.Memory.IsOver ? null : services.Limits.TryEnter(connection.RemoteEndPoint.Address, out reached);
        if (lease is null)
        {
            services.Metrics.LimitReached(reached);
            services.Metrics.Refused(ErrorCode.RelayOverloaded);
            await connection.CloseAsync((long)CloseCode.Busy, string.Empty);
            await connection.DisposeAsync();
            return;
        }

        services.Metrics.SessionOpened();
        try
        {
            await using var session = new SessionRunner(connection, lease, services);
            await session.RunAsync(_drain.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A bug in one session must not take the relay from the others; the type is all that may be logged.
            SessionFailed(logger, exception.GetType().Name, exception.StackTrace ?? string.Empty);
        }
        finally
        {
            services.Metrics.SessionEnded();
        }
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Draining {Sessions} sessions")]
    private static partial void Draining(ILogger logger, int sessions);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "A session failed: {Error}\n{Stack}")]
    private static partial void SessionFailed(ILogger logger, string error, string stack);
}
