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
public sealed partial class RelayListener(ITransport transport, TransportListenerOptions options, GatewayServices services, ILogger<RelayListener> logger) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _sessions = [];
    private TransportListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens, once it does.</summary>
    public IPEndPoint? LocalEndPoint => _listener?.LocalEndPoint;

    /// <summary>Whether newcomers are taken.</summary>
    public bool IsAccepting => _listener is not null && !_drain.IsCancellationRequested;

    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = await transport.ListenAsync(options, cancellationToken);
        _accepting = AcceptAsync(_listener);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is not { } listener)
            return;

        await listener.StopAcceptingAsync();
        await _drain.CancelAsync();
        Task[] sessions;
        lock (_gate)
            sessions = [.. _sessions];

        Draining(logger, sessions.Length);
        Task ended = Task.WhenAll(sessions);
        await Task.WhenAny(ended, Task.Delay(services.Options.DrainTimeout, services.Time, cancellationToken));
        await listener.DisposeAsync();
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _accepting;
        _listener = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _drain.Dispose();
    }

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
        using SessionLease? lease = services.Limits.TryEnter(connection.RemoteEndPoint.Address);
        if (lease is null)
        {
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
