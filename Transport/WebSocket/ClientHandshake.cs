using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>One attempt at one address: TCP, TLS, the WebSocket's opening and the transport's, and what each failure of them means.</summary>
internal sealed class ClientHandshake(IPEndPoint remote, TransportConnectOptions options, TimeProvider timeProvider)
{
    private const int ResponseHeaderKibibytesMax = 16;

    private byte[]? _certificateHash;
    private bool _isPinRefused;

    public async Task<TransportConnection> RunAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            string subprotocol = WebSocketEndPoint.Subprotocol(options.Alpn);
            socket.Options.AddSubProtocol(subprotocol);
            // The transport's own pings are answered by the transport: the framework's would keep a dead session alive.
            socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
            socket.Options.CollectHttpResponseDetails = true;
            using (var invoker = new HttpMessageInvoker(Handler(), disposeHandler: true))
                await socket.ConnectAsync(new UriBuilder("wss", remote.Address.ToString(), remote.Port, WebSocketEndPoint.Path).Uri, invoker, cancellationToken).ConfigureAwait(false);

            if (socket.SubProtocol != subprotocol)
                throw Failed(TransportErrorKind.AlpnMismatch);

            TransportConnection connection = await WebSocketConnection.StartAsync(
                socket, options, remote, _certificateHash ?? throw Failed(TransportErrorKind.HandshakeFailed), timeProvider, cancellationToken).ConfigureAwait(false);
            socket = null;
            return connection;
        }
        catch (WebSocketException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(Kind((int)socket!.HttpStatusCode, exception));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // A proxy may be the only way out, but its loopback is not this machine's.
        UseProxy = !IPAddress.IsLoopback(remote.Address),
        MaxResponseHeadersLength = ResponseHeaderKibibytesMax,
        // No trace id of the app goes to a relay.
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            // Each connection shows its certificate, so that each is checked.
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // The chain is not looked at: nothing that a stranger's certificate names is fetched.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsAcceptable(certificate),
        },
    };

    // Identity is proven by the session layer, which binds this hash; a pin is one more lock on the door.
    private bool IsAcceptable(X509Certificate? certificate)
    {
        if (certificate is null)
            return false;

        _certificateHash = SHA256.HashData(certificate.GetRawCertData());
        _isPinRefused = !options.CertificatePin.IsEmpty && !CryptographicOperations.FixedTimeEquals(_certificateHash, options.CertificatePin.Span);
        return !_isPinRefused;
    }

    private TransportErrorKind Kind(int status, Exception exception) => status switch
    {
        _ when _isPinRefused => TransportErrorKind.CertificateRefused,
        WebSocketEndPoint.AlpnMismatchStatus => TransportErrorKind.AlpnMismatch,
        WebSocketEndPoint.RefusedStatus => TransportErrorKind.ConnectionRefused,
        0 => Kind(exception),
        _ => TransportErrorKind.HandshakeFailed,
    };

    private static TransportErrorKind Kind(Exception? exception) => exception switch
    {
        null => TransportErrorKind.HandshakeFailed,
        // Hung up on: the kernel says it in one of these ways, depending on which call comes first afterwards.
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected } => TransportErrorKind.ConnectionRefused,
        SocketException { SocketErrorCode: SocketError.TimedOut } => TransportErrorKind.HandshakeTimeout,
        SocketException => TransportErrorKind.AddressUnavailable,
        AuthenticationException => TransportErrorKind.HandshakeFailed,
        // An end of the line before any answer is how a listener turns a newcomer away that it has no state for.
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => TransportErrorKind.ConnectionRefused,
        IOException { InnerException: null } => TransportErrorKind.ConnectionRefused,
        _ => Kind(exception.InnerException),
    };

    // Without the inner exception: its message names the address.
    private static TransportException Failed(TransportErrorKind kind) => TransportException.Closed(
        new TransportCloseReason(kind, null, string.Empty, IsPeer: kind is TransportErrorKind.ConnectionRefused or TransportErrorKind.AlpnMismatch));
}
