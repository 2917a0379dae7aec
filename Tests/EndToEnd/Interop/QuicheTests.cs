using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.EndToEnd.Interop;

/// <summary>Our QUIC engine against quiche, which shares no code with it: both ways round, on loopback.</summary>
public sealed class QuicheTests : IAsyncDisposable
{
    private const string Alpn = "zks/interop";
    private const int WriteCode = 9;
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly ITransport _transport = Ngtcp2Transport.Create();

    public QuicheTests()
    {
        Assert.SkipUnless(QuichePeer.Absence is null, QuichePeer.Absence ?? string.Empty);
    }

    private static CancellationToken Token => Bounded.Token();

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Listener_QuicheAsClient_ExchangesStreamsAbortsAndACloseWithIt(bool asksForProofOfAddress)
    {
        await using TransportListener listener = await ListenAsync(asksForProofOfAddress);
        Task<TransportConnection?> accepting = listener.AcceptAsync(Token).AsTask();
        await using QuichePeer peer = Client(listener, Alpn, SelfSignedCertificate.Hash(_certificate));
        TransportConnection connection = (await accepting.Within())!;
        var server = new InteropServer(connection);
        Task serving = server.ServeAsync();

        Assert.Equal(24, (await peer.HearAsync("echoed")).GetInt32());
        Assert.True((await peer.HearAsync("large")).GetBoolean());
        Assert.True((await peer.HearAsync("unidirectional")).GetBoolean());
        Assert.Equal(WriteCode, (await peer.HearAsync("reset")).GetInt32());
        await peer.HearAsync("done");
        Assert.Equal((TransportErrorKind.StreamReset, 7L), await server.Reset.Within());
        await connection.CloseAsync(42, "enough", Token);
        AssertClosed(await peer.HearAsync("closed"), 42, "enough");
        await serving.Within();
        Assert.Equal(asksForProofOfAddress ? 1 : 0, listener.Statistics.ProofsAsked);
    }

    [Fact]
    public async Task Listener_QuicheWithAnotherAlpn_IsRefused()
    {
        await using TransportListener listener = await ListenAsync();
        await using QuichePeer peer = Client(listener, "other", SelfSignedCertificate.Hash(_certificate));

        // no_application_protocol (RFC 7301 section 3.2), as QUIC carries it (RFC 9001 section 4.8).
        Assert.Equal(0x100 + 120, (await peer.HearAsync("failed")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Listener_QuicheThatExpectsAnotherCertificate_TurnsAway()
    {
        await using TransportListener listener = await ListenAsync();
        await using QuichePeer peer = Client(listener, Alpn, new byte[32]);

        Assert.Equal(0x100 + 46, (await peer.HearAsync("failed")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task ConnectAsync_QuicheAsServer_ExchangesStreamsAbortsAndACloseWithIt()
    {
        await using QuichePeer peer = await ServerAsync();
        TransportConnection connection = await ConnectAsync(peer, Alpn);

        // One after another: as a server this binding now and then forgets one of several streams, with its own client too.
        foreach (int size in (int[])[0, 1, 255, 1200, 1453, 16_384, 65_536, 100_000])
            await EchoAsync(connection, size).Within();

        await EchoAsync(connection, 1 << 20).Within();
        await EchoOneWayAsync(connection);
        await BeResetAsync(connection);
        await BeStoppedAsync(connection);
        await connection.CloseAsync(42, "enough", Token);

        AssertClosed(await peer.HearAsync("closed"), 42, "enough");
    }

    [Fact]
    public async Task ConnectAsync_QuicheCloses_ItsCodeAndReasonArrive()
    {
        await using QuichePeer peer = await ServerAsync();
        TransportConnection connection = await ConnectAsync(peer, Alpn);
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Token);

        await stream.WriteAsync("C"u8.ToArray(), endStream: true, Token);

        TransportCloseReason reason = await connection.Closed.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, 43L, "enough"), (reason.Kind, reason.ApplicationCode, reason.Reason));
    }

    [Fact]
    public async Task ConnectAsync_QuicheWithAnotherAlpn_IsAMismatch()
    {
        await using QuichePeer peer = await ServerAsync();

        var exception = await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(peer, "other"));

        Assert.Equal(TransportErrorKind.AlpnMismatch, exception.Kind);
    }

    private static async Task EchoAsync(TransportConnection connection, int size)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(size);
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        Task writing = stream.WriteAsync((byte[])[(byte)'E', .. sent], endStream: true, Token).AsTask();
        byte[] received = await InteropServer.ReadAllAsync(stream);
        await writing;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    private static async Task EchoOneWayAsync(TransportConnection connection)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(5000);
        Task<TransportStream?> accepting = connection.AcceptStreamAsync(Token).AsTask();
        TransportStream mine = await connection.OpenStreamAsync(StreamDirection.Unidirectional, Token);
        await mine.WriteAsync(sent, endStream: true, Token);
        TransportStream theirs = (await accepting.Within())!;
        Assert.Equal(StreamDirection.Unidirectional, theirs.Direction);
        Assert.Equal(sent, await InteropServer.ReadAllAsync(theirs));
    }

    private static async Task BeResetAsync(TransportConnection connection)
    {
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await stream.WriteAsync("R"u8.ToArray(), endStream: true, Token);

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await stream.ReadAsync(new byte[1], Token));

        Assert.Equal((TransportErrorKind.StreamReset, (long?)WriteCode), (exception.Kind, exception.ApplicationCode));
    }

    // The code of a STOP_SENDING is not shown by this version of the engine.
    private static async Task BeStoppedAsync(TransportConnection connection)
    {
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await stream.WriteAsync("S"u8.ToArray(), cancellationToken: Token);

        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await stream.WriteAsync(new byte[1000], cancellationToken: Token);
        });

        Assert.Equal(TransportErrorKind.StreamStopped, exception.Kind);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
    }

    private static void AssertClosed(JsonElement closed, int code, string reason) =>
        Assert.Equal((code, true, reason), (closed.GetProperty("code").GetInt32(), closed.GetProperty("isApp").GetBoolean(), closed.GetProperty("reason").GetString()));

    private static QuichePeer Client(TransportListener listener, string alpn, byte[] hash) =>
        QuichePeer.Start("client", $"{listener.LocalEndPoint.Port}", alpn, Convert.ToHexStringLower(hash));

    private async Task<QuichePeer> ServerAsync()
    {
        QuichePeer peer = QuichePeer.Start("server", Alpn);
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        // The key of a test's certificate, which lives as long as the test.
        await peer.SayAsync(JsonSerializer.Serialize(new { key = key.ExportPkcs8PrivateKeyPem(), cert = _certificate.ExportCertificatePem() }));
        return peer;
    }

    private async Task<TransportConnection> ConnectAsync(QuichePeer peer, string alpn)
    {
        int port = (await peer.HearAsync("ready")).GetInt32();
        TransportConnection connection = await _transport.ConnectAsync(
            new TransportConnectOptions { Alpn = alpn, RemoteEndPoints = [new IPEndPoint(IPAddress.Loopback, port)], CertificatePin = SelfSignedCertificate.Hash(_certificate) },
            Token);
        await peer.HearAsync("serving");
        return connection;
    }

    private async Task<TransportListener> ListenAsync(bool asksForProofOfAddress = false) => await _transport.ListenAsync(
        new TransportListenerOptions { Alpn = Alpn, Certificate = _certificate, RetryAtHalfOpen = asksForProofOfAddress ? 0 : 200 },
        Token);
}
