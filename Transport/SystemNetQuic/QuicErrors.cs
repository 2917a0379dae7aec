using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// What System.Net.Quic throws, in the port's terms; in one place, and once. Inner exceptions are left out, because what their messages hold is
/// not ours to promise.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static class QuicErrors
{
    private static readonly LibraryStatus Status = LibraryStatus.Current;

    /// <summary>Whether the world failed; anything else is a bug and goes on.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is QuicException or SocketException or AuthenticationException or ObjectDisposedException;

    /// <summary>Why a connection attempt failed.</summary>
    /// <param name="exception">One that <see cref="IsFailure"/>.</param>
    /// <param name="isPinRefused">This end turned the certificate down: what is thrown then says only that somebody did.</param>
    public static TransportException OfConnect(Exception exception, bool isPinRefused)
    {
        TransportErrorKind kind = isPinRefused ? TransportErrorKind.CertificateRefused : ConnectKind(exception);
        bool isPeer = kind is TransportErrorKind.ConnectionRefused or TransportErrorKind.AlpnMismatch;
        return kind == TransportErrorKind.AddressUnavailable
            ? new TransportException(kind, "Nobody listens at this address, or it cannot be reached from this machine.")
            : TransportException.Closed(new TransportCloseReason(kind, null, kind == TransportErrorKind.HandshakeFailed ? Name(exception) : string.Empty, isPeer));
    }

    /// <summary>Why a listener could not start.</summary>
    public static TransportException OfListen(Exception exception, int port) =>
        exception is QuicException { QuicError: QuicError.AlpnInUse } or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            ? new TransportException(TransportErrorKind.AddressInUse, $"Port {port} is already in use. Stop the other listener or choose another port.")
            : new TransportException(TransportErrorKind.AddressUnavailable, $"UDP port {port} cannot be bound on this machine: {Name(exception)}.");

    /// <summary>How a connection ended whose handshake was done.</summary>
    public static TransportCloseReason OfEnd(Exception exception) => exception switch
    {
        // The code is all that comes through: System.Net.Quic neither sends nor shows a close's text.
        QuicException { QuicError: QuicError.ConnectionAborted } closed =>
            new TransportCloseReason(TransportErrorKind.ClosedByPeer, closed.ApplicationErrorCode ?? 0, string.Empty, IsPeer: true),

        // The second: what was sent was not acknowledged for long, which is a silent peer too.
        QuicException { QuicError: QuicError.ConnectionIdle or QuicError.ConnectionTimeout } =>
            new TransportCloseReason(TransportErrorKind.IdleTimeout, null, string.Empty, IsPeer: false),
        QuicException { QuicError: QuicError.OperationAborted } or ObjectDisposedException =>
            new TransportCloseReason(TransportErrorKind.ClosedLocally, null, string.Empty, IsPeer: false),
        QuicException { QuicError: QuicError.InternalError } reset when reset.HResult == Status.Aborted =>
            new TransportCloseReason(TransportErrorKind.PeerLostState, null, string.Empty, IsPeer: true),
        _ => new TransportCloseReason(TransportErrorKind.ProtocolViolation, null, Name(exception), IsPeer: false),
    };

    /// <summary>Why a read failed.</summary>
    /// <param name="ended">How the connection ended, if it has.</param>
    public static TransportException OfRead(Exception exception, TransportCloseReason? ended) =>
        exception is QuicException { QuicError: QuicError.StreamAborted } reset ? TransportException.Reset(reset.ApplicationErrorCode ?? 0) : OfStream(exception, ended);

    /// <inheritdoc cref="OfRead"/>
    public static TransportException OfWrite(Exception exception, TransportCloseReason? ended) =>
        exception is QuicException { QuicError: QuicError.StreamAborted } stop ? TransportException.Stopped(stop.ApplicationErrorCode ?? 0) : OfStream(exception, ended);

    private static TransportException OfStream(Exception exception, TransportCloseReason? ended) =>
        ended is not null ? TransportException.Closed(ended)
        : exception is ObjectDisposedException or QuicException { QuicError: QuicError.OperationAborted } ? TransportException.AbortedLocally()
        : TransportException.Closed(OfEnd(exception));

    private static TransportErrorKind ConnectKind(Exception exception) => exception switch
    {
        // The second: the listener's application closed at once, as one does whose backlog is full.
        QuicException { QuicError: QuicError.ConnectionRefused or QuicError.ConnectionAborted } => TransportErrorKind.ConnectionRefused,
        QuicException { QuicError: QuicError.ConnectionTimeout or QuicError.ConnectionIdle } => TransportErrorKind.HandshakeTimeout,
        AuthenticationException refused when refused.HResult == Status.UserCanceled => TransportErrorKind.ConnectionRefused,
        AuthenticationException other when other.HResult == Status.AlpnNegotiationFailure => TransportErrorKind.AlpnMismatch,
        // A closed port: the machine there says so.
        SocketException => TransportErrorKind.AddressUnavailable,
        _ => TransportErrorKind.HandshakeFailed,
    };

    // The words of a message are the library's and may name anything; a code names nothing.
    private static string Name(Exception exception) => exception switch
    {
        QuicException { TransportErrorCode: { } code } quic => $"{quic.QuicError} {code}",
        QuicException quic => quic.QuicError.ToString(),
        SocketException socket => socket.SocketErrorCode.ToString(),
        _ => "TLS",
    };
}
