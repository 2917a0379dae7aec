using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Numerics;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class QuicOptionsTests : IDisposable
{
    private static readonly IPEndPoint Remote = new(IPAddress.IPv6Loopback, 4433);
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly StreamGate _gate = new(1);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void Client_Defaults_TakeStreamsLikeAListener()
    {
        QuicClientConnectionOptions client = Client(new TransportConnectOptions { Alpn = "zks/1", RemoteEndPoints = [Remote] });

        Assert.Equal((256, 64), (client.MaxInboundBidirectionalStreams, client.MaxInboundUnidirectionalStreams));
        Assert.Same(Remote, client.RemoteEndPoint);
        Assert.Equal([new SslApplicationProtocol("zks/1")], client.ClientAuthenticationOptions.ApplicationProtocols!);
        Assert.Equal(SslProtocols.Tls13, client.ClientAuthenticationOptions.EnabledSslProtocols);
        // No name goes out, and nothing that the certificate names is fetched.
        Assert.Null(client.ClientAuthenticationOptions.TargetHost);
        Assert.True(client.ClientAuthenticationOptions.CertificateChainPolicy!.DisableCertificateDownloads);
    }

    [Fact]
    public void Client_Times_AreTakenOver()
    {
        QuicClientConnectionOptions client = Client(new TransportConnectOptions
        {
            Alpn = "x",
            RemoteEndPoints = [Remote],
            IdleTimeout = TimeSpan.FromSeconds(7),
            KeepAliveInterval = TimeSpan.FromSeconds(2),
            HandshakeTimeout = TimeSpan.FromSeconds(3),
        });

        Assert.Equal((7, 2, 3), (client.IdleTimeout.TotalSeconds, client.KeepAliveInterval.TotalSeconds, client.HandshakeTimeout.TotalSeconds));
    }

    // Zero there is the library's default, and its default codes are refused.
    [Fact]
    public void Client_NoKeepAlive_IsNoneAndTheCodesAreSet()
    {
        QuicClientConnectionOptions client = Client(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [Remote] });

        Assert.Equal(Timeout.InfiniteTimeSpan, client.KeepAliveInterval);
        Assert.Equal((TransportStream.DisposedCode, 0L), (client.DefaultStreamErrorCode, client.DefaultCloseErrorCode));
    }

    [Theory]
    [InlineData(65_536, 65_536, 65_535, 65_535)]
    [InlineData(0, 4, 0, 4)]
    [InlineData(0, 0, 0, 1)]
    public void Client_StreamLimits_FitTheLibrary(int bidirectional, int unidirectional, int bidirectionalThere, int unidirectionalThere)
    {
        QuicClientConnectionOptions client = Client(new TransportConnectOptions
        {
            Alpn = "x",
            RemoteEndPoints = [Remote],
            MaxInboundBidirectionalStreams = bidirectional,
            MaxInboundUnidirectionalStreams = unidirectional,
        });

        Assert.Equal((bidirectionalThere, unidirectionalThere), (client.MaxInboundBidirectionalStreams, client.MaxInboundUnidirectionalStreams));
    }

    [Fact]
    public void Client_Capacity_GoesToTheGate()
    {
        QuicClientConnectionOptions client = Client(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [Remote] });

        client.StreamCapacityCallback!(null!, new QuicStreamCapacityChangedArgs { BidirectionalIncrement = 1, UnidirectionalIncrement = 0 });

        Assert.Null(_gate.Enter(StreamDirection.Bidirectional));
        Assert.NotNull(_gate.Enter(StreamDirection.Unidirectional));
    }

    [Fact]
    public void Server_Options_HaveTheCertificateAndTheLimits()
    {
        TransportListenerOptions options = Listener();
        QuicServerConnectionOptions server = QuicOptions.Server(options, QuicOptions.ServerAuthentication(options.Alpn, _certificate), _gate);

        Assert.Equal((9, 8), (server.MaxInboundBidirectionalStreams, server.MaxInboundUnidirectionalStreams));
        Assert.Equal(_certificate.RawData, server.ServerAuthenticationOptions.ServerCertificateContext!.TargetCertificate.RawData);
        Assert.Equal(SslProtocols.Tls13, server.ServerAuthenticationOptions.EnabledSslProtocols);
        Assert.False(server.ServerAuthenticationOptions.ClientCertificateRequired);
    }

    [Fact]
    public void Listener_Backlog_HoldsEveryHandshakeAndSomeRefusals()
    {
        QuicListenerOptions listener = QuicOptions.Listener(Listener());

        Assert.InRange(listener.ListenBacklog, 101, 200);
        Assert.Equal([new SslApplicationProtocol("zks/1")], listener.ApplicationProtocols);
    }

    [Theory]
    [InlineData(1 << 20, 4 << 20, 512 << 10, 2 << 20)]
    [InlineData(2 << 20, 8 << 20, 1 << 20, 4 << 20)]
    [InlineData(3_000_000, 9_999_999, 1 << 20, 4 << 20)]
    [InlineData(1 << 10, 1 << 10, 4096, 4096)]
    [InlineData(64 << 20, 256 << 20, 32 << 20, 128 << 20)]
    public void ReceiveWindows_Of_AreTheLargestPowersOfTwoInAHalf(int stream, int connection, int streamThere, int connectionThere)
    {
        ReceiveWindows windows = ReceiveWindows.Of(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [Remote], StreamWindowBytes = stream, ConnectionWindowBytes = connection });

        Assert.Equal((streamThere, connectionThere), (windows.Stream, windows.Connection));
        Assert.True(BitOperations.IsPow2(windows.Stream) && BitOperations.IsPow2(windows.Connection));
        Assert.InRange(windows.StreamReadAhead, 1, stream);
        Assert.InRange(windows.ConnectionReadAhead, 1, connection);
    }

    // A copy of 64 KiB of each stream is the library's own and cannot be turned off.
    [Fact]
    public void ReceiveWindows_Defaults_KeepAnUnreadStreamWithinWhatWasAskedFor()
    {
        var options = new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [Remote] };
        ReceiveWindows windows = ReceiveWindows.Of(options);

        Assert.True(windows.Stream + (64 << 10) + windows.StreamReadAhead <= options.StreamWindowBytes);
        Assert.True(windows.Connection + windows.ConnectionReadAhead <= options.ConnectionWindowBytes);
        // What is read ahead, and copied, must not look to the library like an app that reads: at half a window it would double it.
        Assert.True((64 << 10) + windows.StreamReadAhead < windows.Stream / 2);
    }

    private QuicClientConnectionOptions Client(TransportConnectOptions options) => QuicOptions.Client(options, Remote, new CertificateCheck(default), _gate);

    private TransportListenerOptions Listener() => new()
    {
        Alpn = "zks/1",
        Certificate = _certificate,
        MaxInboundBidirectionalStreams = 9,
        MaxInboundUnidirectionalStreams = 8,
        MaxHalfOpen = 100,
    };
}
