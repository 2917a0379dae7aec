using System.Net;
using Socket = System.Net.WebSockets.WebSocket;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>
/// A connection over a WebSocket: the multiplexer decides, this moves messages and keeps time. One task reads, one writes
/// (WebSocketConnection.Pumps.cs).
/// </summary>
public sealed partial class WebSocketConnection : TransportConnection
{
    private readonly Socket _socket;
    private readonly TimeProvider _timeProvider;
    private readonly Multiplexer _multiplexer;
    private readonly TaskCompletionSource<TransportCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lastSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long Code, string Reason)? _wantedClose;

    private WebSocketConnection(Socket socket, bool isListener, TransportConnectionOptions options, IPEndPoint remote, ReadOnlyMemory<byte> certificateHash, TimeProvider timeProvider)
    {
        _socket = socket;
        _timeProvider = timeProvider;
        _multiplexer = new Multiplexer(options, isListener);
        RemoteEndPoint = remote;
        CertificateHash = certificateHash;
        _keptSending = new IdleTimer(options.KeepAliveInterval, timeProvider, () => Ping(_keptSending!));
        _keptHearing = new IdleTimer(options.KeepAliveInterval, timeProvider, () => Ping(_keptHearing!));
    }

    public override IPEndPoint RemoteEndPoint { get; }

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override Task<TransportCloseReason> Closed => _closed.Task;

    public override ConnectionStatistics Statistics
    {
        get
        {
            lock (_multiplexer.Gate)
                return _multiplexer.Statistics;
        }
    }

    /// <summary>Completes, never faults, when the WebSocket is done with: after the end, and after the peer has heard of it or will not.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Runs the transport's handshake on an open WebSocket, which it owns from then on.</summary>
    /// <param name="socket">Of binary messages, without keep-alive of its own.</param>
    /// <param name="options">This end's; a <see cref="TransportListenerOptions"/> makes it the listener's.</param>
    /// <param name="remote">As far as this end can tell.</param>
    /// <param name="certificateHash">Of the certificate the TLS handshake showed.</param>
    /// <param name="timeProvider">For idle timeouts, keep-alives and deadlines.</param>
    /// <param name="cancellationToken">The handshake's deadline, among others.</param>
    /// <exception cref="TransportException">The peer went away or is none of this transport.</exception>
    public static async Task<WebSocketConnection> StartAsync(
        Socket socket, TransportConnectionOptions options, IPEndPoint remote, ReadOnlyMemory<byte> certificateHash, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(options);
        var connection = new WebSocketConnection(socket, options is TransportListenerOptions, options, remote, certificateHash, timeProvider);
        connection.Ended = connection.RunAsync();
        try
        {
            await connection._started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException)
        {
            socket.Abort();
            throw;
        }
    }

    public override async ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WaitingOpen? waiting;
        lock (_multiplexer.Gate)
        {
            if (_multiplexer.Open(direction, out waiting) is { } stream)
                return stream;
        }

        CancellationTokenRegistration registration = cancellationToken.Register(() => Cancel(direction, waiting!, cancellationToken));
        await using var _ = registration.ConfigureAwait(false);
        return await waiting!.Completion.Task.ConfigureAwait(false);
    }

    public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (_multiplexer.Gate)
            {
                if (_multiplexer.Accept() is { } stream)
                    return stream;
                if (_multiplexer.Reason is not null)
                    return null;

                wait = _multiplexer.Acceptable.Next;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default)
    {
        CloseArguments.Check(code, reason);
        lock (_multiplexer.Gate)
        {
            if (_multiplexer.Reason is not null)
                return;

            if (_wantedClose is null)
            {
                _wantedClose = (code, reason);
                _flushTimer = _timeProvider.CreateTimer(static self => ((WebSocketConnection)self!).CloseNow(), this, _multiplexer.Options.CloseFlushTimeout, Timeout.InfiniteTimeSpan);
                _multiplexer.Work.Pulse();
            }
        }

        await _lastSent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => CloseAsync(0, string.Empty);

    private void Cancel(StreamDirection direction, WaitingOpen waiting, CancellationToken cancellationToken)
    {
        bool isCancelled;
        lock (_multiplexer.Gate)
            isCancelled = _multiplexer.TryCancel(direction, waiting);

        // Opened in the meantime: the caller gets the stream, and its slot is not lost.
        if (isCancelled)
            waiting.Completion.TrySetCanceled(cancellationToken);
    }
}
