using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>The port's options as System.Net.Quic wants them. Its own defaults are not ours: a client there takes no stream at all.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static class QuicOptions
{
    /// <summary>What it takes as a stream limit at most: one less than the port's bound.</summary>
    public const int StreamsMax = ushort.MaxValue;

    // Newcomers who are being refused have a place until they are gone. Beyond it the library itself refuses, before anything is made.
    private const int RefusalsAtOnce = 64;

    public static QuicClientConnectionOptions Client(TransportConnectOptions options, IPEndPoint remote, CertificateCheck check, StreamGate gate)
    {
        var client = new QuicClientConnectionOptions
        {
            RemoteEndPoint = remote,
            ClientAuthenticationOptions = new SslClientAuthenticationOptions
            {
                ApplicationProtocols = [new SslApplicationProtocol(options.Alpn)],
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                // A chain is built in any case and not looked at: nothing that a stranger's certificate names is fetched for it.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
                RemoteCertificateValidationCallback = (_, certificate, _, _) => check.IsAcceptable(certificate),
            },
        };
        Fill(client, options, gate);
        return client;
    }

    public static QuicServerConnectionOptions Server(TransportListenerOptions options, SslServerAuthenticationOptions authentication, StreamGate gate)
    {
        var server = new QuicServerConnectionOptions { ServerAuthenticationOptions = authentication };
        Fill(server, options, gate);
        return server;
    }

    /// <summary>The same for every connection of a listener.</summary>
    public static SslServerAuthenticationOptions ServerAuthentication(string alpn, X509Certificate2 certificate) => new()
    {
        ApplicationProtocols = [new SslApplicationProtocol(alpn)],
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // Offline: building it must not fetch what the certificate names.
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
    };

    public static QuicListenerOptions Listener(TransportListenerOptions options) => new()
    {
        ListenEndPoint = options.BindEndPoint,
        ApplicationProtocols = [new SslApplicationProtocol(options.Alpn)],
        // It counts unfinished handshakes and those not taken yet; the listener here takes each at once.
        ListenBacklog = options.MaxHalfOpen + RefusalsAtOnce,
    };

    private static void Fill(QuicConnectionOptions quic, TransportConnectionOptions options, StreamGate gate)
    {
        ReceiveWindows windows = ReceiveWindows.Of(options);
        quic.MaxInboundBidirectionalStreams = Math.Min(options.MaxInboundBidirectionalStreams, StreamsMax);
        quic.MaxInboundUnidirectionalStreams = Math.Min(options.MaxInboundUnidirectionalStreams, StreamsMax);
        // With no limit above 0 nothing can be accepted there, and accepting is what tells of a connection's end. Such a stream is aborted.
        if (quic is { MaxInboundBidirectionalStreams: 0, MaxInboundUnidirectionalStreams: 0 })
            quic.MaxInboundUnidirectionalStreams = 1;

        quic.IdleTimeout = options.IdleTimeout;
        quic.KeepAliveInterval = options.KeepAliveInterval == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.KeepAliveInterval;
        quic.HandshakeTimeout = options.HandshakeTimeout;
        quic.DefaultStreamErrorCode = TransportStream.DisposedCode;
        quic.DefaultCloseErrorCode = 0;
        quic.InitialReceiveWindowSizes = new QuicReceiveWindowSizes
        {
            Connection = windows.Connection,
            LocallyInitiatedBidirectionalStream = windows.Stream,
            RemotelyInitiatedBidirectionalStream = windows.Stream,
            UnidirectionalStream = windows.Stream,
        };
        quic.StreamCapacityCallback = (_, capacity) => gate.Grant(capacity.BidirectionalIncrement, capacity.UnidirectionalIncrement);
    }
}
