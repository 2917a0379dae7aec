using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>Takes WebSockets on TLS 1.3 at one path and answers 404 to everything else. It owns a Kestrel of its own and nothing of the sessions.</summary>
internal sealed class KestrelListener : TransportListener
{
    private const int HeaderBytesMax = 8 << 10;
    private const int HeadersMax = 32;
    private const int RequestLineBytesMax = 1 << 10;

    // Kestrel's own cap drops without a word: it only stands behind the one that says why.
    private const int UnspokenRoom = 256;

    private readonly TransportListenerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly string _subprotocol;
    private readonly Newcomers _newcomers;
    private readonly Connections _connections;
    private readonly WebApplication _app;

    // With the first handshake and not at the start: it reads all authorities that the system knows, though the certificate is its own.
    private readonly Lazy<SslStreamCertificateContext> _certificate;
    private ListenOptions? _listen;
    private long _handshakes;
    private long _refused;

    private KestrelListener(TransportListenerOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _subprotocol = WebSocketEndPoint.Subprotocol(options.Alpn);
        _newcomers = new Newcomers(options, timeProvider);
        _connections = new Connections(options);
        CertificateHash = SelfSignedCertificate.Hash(options.Certificate);
        _certificate = new(() => SslStreamCertificateContext.Create(options.Certificate, additionalCertificates: null, offline: true));
        _app = Build();
    }

    public override IPEndPoint LocalEndPoint => _listen?.IPEndPoint ?? _options.BindEndPoint;

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override ListenerStatistics Statistics =>
        new(_connections.Count + _newcomers.HalfOpen, _newcomers.HalfOpen, Interlocked.Read(ref _handshakes), Interlocked.Read(ref _refused), ProofsAsked: 0);

    /// <exception cref="TransportException"><see cref="TransportErrorKind.AddressInUse"/>, <see cref="TransportErrorKind.AddressUnavailable"/>.</exception>
    public static async Task<KestrelListener> StartAsync(TransportListenerOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var listener = new KestrelListener(options, timeProvider);
        try
        {
            await listener._app.StartAsync(cancellationToken);
            return listener;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await listener._app.DisposeAsync();
            throw new TransportException(
                TransportErrorKind.AddressInUse, $"TCP port {options.BindEndPoint.Port} is already in use. Stop the other program or choose another port.");
        }
        catch (SocketException exception)
        {
            await listener._app.DisposeAsync();
            throw new TransportException(TransportErrorKind.AddressUnavailable, $"The address cannot be bound for TCP: {exception.SocketErrorCode}.");
        }
    }

    public override ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken = default) => _connections.AcceptAsync(cancellationToken);

    public override ValueTask StopAcceptingAsync()
    {
        _connections.Stop();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        _connections.Stop();
        IReadOnlyList<WebSocketConnection> live = _connections.Live();
        await Task.WhenAll(live.Select(connection => connection.DisposeAsync().AsTask()));
        // Bounded by the time each gives its peer for the last word.
        await Task.WhenAll(live.Select(connection => connection.Ended));
        // What is left has no session: unfinished handshakes, cut at once.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "zks-websocket" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        // The default would take the process's signals, which belong to the relay.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(ServeAsync);
        return app;
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = _options.MaxHalfOpen + UnspokenRoom;
        kestrel.Limits.MaxConcurrentUpgradedConnections = _options.MaxConnections;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeaderCount = HeadersMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.RequestHeadersTimeout = _options.HandshakeTimeout;
        // A session may be slow for long: its own flow control and idle timeout judge it.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(_options.BindEndPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => AdmitAsync(connection, next));
            _listen = listen;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _certificate.Value,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                }),
                HandshakeTimeout = _options.HandshakeTimeout,
            });
        });
    }

    // Before TLS: whoever is refused here costs a socket and nothing else.
    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Newcomer? entered = null;
        if (_connections.Refusal is not { } refusal)
            entered = _newcomers.TryEnter((IPEndPoint)connection.RemoteEndPoint!, connection.Abort, out refusal);

        using Newcomer? newcomer = entered;
        if (newcomer is null)
        {
            Refuse(refusal);
            connection.Abort();
            return;
        }

        connection.Items[typeof(Newcomer)] = newcomer;
        await next(connection);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var newcomer = (Newcomer)context.Features.Get<IConnectionItemsFeature>()!.Items[typeof(Newcomer)]!;
        if (context.Request.Path != WebSocketEndPoint.Path || !context.WebSockets.IsWebSocketRequest)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!context.WebSockets.WebSocketRequestedProtocols.Contains(_subprotocol))
            context.Response.StatusCode = WebSocketEndPoint.AlpnMismatchStatus;
        else if (_connections.Reserve() is { } refusal)
            Refuse(context, refusal);
        else
            await ServeAsync(context, newcomer);
    }

    private void Refuse(HttpContext context, ConnectionRefusal refusal)
    {
        context.Response.StatusCode = WebSocketEndPoint.RefusedStatus;
        Refuse(refusal);
    }

    private void Refuse(ConnectionRefusal refusal)
    {
        Interlocked.Increment(ref _refused);
        _options.Refused?.Invoke(refusal);
    }

    private async Task ServeAsync(HttpContext context, Newcomer newcomer)
    {
        WebSocketConnection? connection = null;
        try
        {
            var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = _subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan });
            // Its deadline is the newcomer's: it cuts the line.
            connection = await WebSocketConnection.StartAsync(socket, _options, newcomer.Remote, CertificateHash, _timeProvider, CancellationToken.None);
            newcomer.Dispose();
            Interlocked.Increment(ref _handshakes);
            if (!_connections.TryOffer(connection))
            {
                Refuse(ConnectionRefusal.Stopped);
                await connection.DisposeAsync();
            }

            await connection.Ended;
        }
        catch (TransportException)
        {
            // It went away, or is none of this transport, before anybody was told of it.
        }
        finally
        {
            _connections.Release(connection);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
