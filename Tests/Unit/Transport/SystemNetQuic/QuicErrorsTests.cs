using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class QuicErrorsTests
{
    // A word that only a message of the library could bring in.
    private const string Secret = "192.0.2.77";

    public static TheoryData<TransportErrorKind, Exception> Connects => new()
    {
        { TransportErrorKind.ConnectionRefused, SimulatedErrors.Of(QuicError.ConnectionRefused) },
        { TransportErrorKind.ConnectionRefused, SimulatedErrors.Of(QuicError.ConnectionAborted, 0) },
        { TransportErrorKind.ConnectionRefused, SimulatedErrors.UserCanceled() },
        { TransportErrorKind.HandshakeTimeout, SimulatedErrors.Of(QuicError.ConnectionTimeout) },
        { TransportErrorKind.HandshakeTimeout, SimulatedErrors.Of(QuicError.ConnectionIdle) },
        { TransportErrorKind.AlpnMismatch, SimulatedErrors.Alpn() },
        { TransportErrorKind.AddressUnavailable, SimulatedErrors.Unreachable() },
        { TransportErrorKind.AddressUnavailable, new SocketException((int)SocketError.AddressFamilyNotSupported) },
        { TransportErrorKind.HandshakeFailed, new AuthenticationException("anything") },
        { TransportErrorKind.HandshakeFailed, SimulatedErrors.Of(QuicError.VersionNegotiationError) },
        { TransportErrorKind.HandshakeFailed, SimulatedErrors.Of(QuicError.TransportError) },
        { TransportErrorKind.HandshakeFailed, SimulatedErrors.Of(QuicError.InternalError) },
        { TransportErrorKind.HandshakeFailed, SimulatedErrors.Of(QuicError.CallbackError) },
    };

    public static TheoryData<TransportErrorKind, bool, Exception> Ends => new()
    {
        { TransportErrorKind.ClosedByPeer, true, SimulatedErrors.Of(QuicError.ConnectionAborted, 7) },
        { TransportErrorKind.IdleTimeout, false, SimulatedErrors.Of(QuicError.ConnectionIdle) },
        { TransportErrorKind.IdleTimeout, false, SimulatedErrors.Of(QuicError.ConnectionTimeout) },
        { TransportErrorKind.ClosedLocally, false, SimulatedErrors.Of(QuicError.OperationAborted) },
        { TransportErrorKind.ClosedLocally, false, new ObjectDisposedException("QuicConnection") },
        { TransportErrorKind.PeerLostState, true, SimulatedErrors.WithStatus(QuicError.InternalError, LibraryStatus.Current.Aborted) },
        { TransportErrorKind.ProtocolViolation, false, SimulatedErrors.Of(QuicError.InternalError) },
        { TransportErrorKind.ProtocolViolation, false, SimulatedErrors.Of(QuicError.TransportError) },
        { TransportErrorKind.ProtocolViolation, false, new AuthenticationException("a late alert") },
    };

    public static TheoryData<TransportErrorKind, Exception> Listens => new()
    {
        { TransportErrorKind.AddressInUse, SimulatedErrors.Of(QuicError.AlpnInUse) },
        { TransportErrorKind.AddressInUse, new SocketException((int)SocketError.AddressAlreadyInUse) },
        { TransportErrorKind.AddressUnavailable, new SocketException((int)SocketError.AddressNotAvailable) },
        { TransportErrorKind.AddressUnavailable, new SocketException((int)SocketError.AccessDenied) },
    };

    [Theory]
    [MemberData(nameof(Connects), DisableDiscoveryEnumeration = true)]
    public void OfConnect_EachFailure_HasItsKind(TransportErrorKind kind, Exception failure)
    {
        TransportException exception = QuicErrors.OfConnect(failure, isPinRefused: false);

        Assert.Equal(kind, exception.Kind);
        Assert.Equal(kind is TransportErrorKind.ConnectionRefused or TransportErrorKind.AlpnMismatch, exception.IsPeer);
    }

    [Fact]
    public void OfConnect_PinRefused_SaysSoWhateverWasThrown() =>
        Assert.Equal(TransportErrorKind.CertificateRefused, QuicErrors.OfConnect(SimulatedErrors.CertificateCallback(), isPinRefused: true).Kind);

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void OfEnd_EachEnd_HasItsKind(TransportErrorKind kind, bool isPeer, Exception end)
    {
        TransportCloseReason reason = QuicErrors.OfEnd(end);

        Assert.Equal((kind, isPeer), (reason.Kind, reason.IsPeer));
        Assert.Equal(kind == TransportErrorKind.ClosedByPeer ? 7L : null, reason.ApplicationCode);
    }

    [Theory]
    [MemberData(nameof(Listens), DisableDiscoveryEnumeration = true)]
    public void OfListen_EachFailure_HasItsKindAndNamesThePort(TransportErrorKind kind, Exception failure)
    {
        TransportException exception = QuicErrors.OfListen(failure, port: 4433);

        Assert.Equal(kind, exception.Kind);
        Assert.Contains("4433", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfReadAndOfWrite_StreamAborted_AreResetAndStopWithTheCode()
    {
        QuicException aborted = SimulatedErrors.Of(QuicError.StreamAborted, 9);

        TransportException read = QuicErrors.OfRead(aborted, ended: null);
        TransportException write = QuicErrors.OfWrite(aborted, ended: null);

        Assert.Equal((TransportErrorKind.StreamReset, 9L, true), (read.Kind, read.ApplicationCode, read.IsPeer));
        Assert.Equal((TransportErrorKind.StreamStopped, 9L, true), (write.Kind, write.ApplicationCode, write.IsPeer));
    }

    [Fact]
    public void OfRead_ConnectionAborted_IsTheConnectionsEnd()
    {
        TransportException exception = QuicErrors.OfRead(SimulatedErrors.Of(QuicError.ConnectionAborted, 3), ended: null);

        Assert.Equal((TransportErrorKind.ClosedByPeer, 3L), (exception.Kind, exception.ApplicationCode));
    }

    [Fact]
    public void OfRead_ConnectionKnownToHaveEnded_TakesItsWord()
    {
        var ended = new TransportCloseReason(TransportErrorKind.IdleTimeout, null, string.Empty, IsPeer: false);

        Assert.Equal(TransportErrorKind.IdleTimeout, QuicErrors.OfRead(SimulatedErrors.Of(QuicError.OperationAborted), ended).Kind);
        Assert.Equal(TransportErrorKind.ClosedLocally, QuicErrors.OfWrite(SimulatedErrors.Of(QuicError.OperationAborted), ended: null).Kind);
    }

    [Fact]
    public void All_TheLibrarysWords_AreNotPassedOn()
    {
        Exception[] failures =
        [
            new QuicException(QuicError.TransportError, null, Secret), new QuicException(QuicError.ConnectionAborted, 1, Secret), new AuthenticationException(Secret),
        ];
        foreach (Exception failure in failures)
        {
            TransportException[] said = [QuicErrors.OfConnect(failure, false), QuicErrors.OfListen(failure, 1), QuicErrors.OfRead(failure, null), QuicErrors.OfWrite(failure, null)];
            Assert.All(said, exception => Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.Ordinal));
            Assert.DoesNotContain(Secret, QuicErrors.OfEnd(failure).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void IsFailure_ABug_IsNone()
    {
        Assert.False(QuicErrors.IsFailure(new InvalidOperationException()));
        Assert.False(QuicErrors.IsFailure(new NullReferenceException()));
        Assert.True(QuicErrors.IsFailure(SimulatedErrors.Of(QuicError.InternalError)));
    }

    // Exceptions have a status of their own where the library gave none: it must not be taken for one of these.
    [Fact]
    public void LibraryStatus_OfEachSystem_IsNoDefaultOfTheExceptions()
    {
        int[] defaults = [new AuthenticationException().HResult, new QuicException(QuicError.InternalError, null, string.Empty).HResult];
        foreach (LibraryStatus status in (LibraryStatus[])[LibraryStatus.Windows, LibraryStatus.Linux, LibraryStatus.MacOS])
        {
            int[] all = [status.Aborted, status.AlpnNegotiationFailure, status.UserCanceled];
            Assert.Equal(3, all.Distinct().Count());
            Assert.Empty(all.Intersect(defaults));
        }
    }
}
