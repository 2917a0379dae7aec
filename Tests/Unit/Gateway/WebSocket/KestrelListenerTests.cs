using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Gateway.WebSocket;

/// <summary>What faces the internet: strangers, the impatient and the silent, at each step of the handshake and after it.</summary>
public sealed class KestrelListenerTests : IAsyncDisposable
{
    private const string Subprotocol = "zks%2Ftest";
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly KestrelTransport _transport;
    private readonly ConcurrentQueue<ConnectionRefusal> _refusals = new();
    private TransportListener? _listener;

    public KestrelListenerTests() => _transport = new KestrelTransport(_time);

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();

        _certificate.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/zks")]
    [InlineData("/zks/transport")]
    [InlineData("/zks/transport/more")]
    public async Task Request_ThatIsNoWebSocket_IsNotFound(string path)
    {
        IPEndPoint address = await ListenAsync();
        using var http = new HttpClient(RawPeer.Handler());

        using HttpResponseMessage response = await http.GetAsync(new Uri($"https://{address}{path}"), Bounded.Token());

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(response.Headers.Server);
        Assert.Empty(await response.Content.ReadAsStringAsync(Bounded.Token()));
    }

    [Fact]
    public async Task Request_OlderTls_IsRefused()
    {
        IPEndPoint address = await ListenAsync();
        using var http = new HttpClient(RawPeer.Handler(SslProtocols.Tls12));

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"https://{address}/"), Bounded.Token()));
    }

    [Fact]
    public async Task WebSocket_WithoutSettingsInTime_IsCut()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(await ListenAsync(), Subprotocol);
        Assert.Equal(FrameType.Settings, await peer.HearAsync());

        _time.Advance(HandshakeTimeout);

        Assert.Null(await peer.HearAsync());
    }

    [Fact]
    public async Task Socket_SilentFromTheStart_IsCut()
    {
        IPEndPoint address = await ListenAsync();
        using var silent = new TcpClient();
        await silent.ConnectAsync(address, Bounded.Token());
        Task cut = WaitForCutAsync(silent);

        // Its deadline counts from when the listener has seen it, which nobody can tell from outside.
        while (!cut.IsCompleted)
        {
            _time.Advance(HandshakeTimeout);
            await Task.Yield();
        }

        await cut.Within();
    }

    [Theory]
    [InlineData(WebSocketMessageType.Text, 1)]
    [InlineData(WebSocketMessageType.Binary, 1)] // an unknown frame
    [InlineData(WebSocketMessageType.Binary, FrameLimits.MessageBytesMax + 1)]
    [InlineData(WebSocketMessageType.Binary, 1 << 20)]
    [InlineData(WebSocketMessageType.Binary, 0)]
    public async Task Message_AgainstTheRules_EndsTheConnection(WebSocketMessageType type, int length)
    {
        using RawPeer peer = await RawPeer.ConnectAsync(await ListenAsync(), Subprotocol);
        await peer.SettingsAsync();
        TransportConnection connection = (await _listener!.AcceptAsync(Bounded.Token()))!;
        byte[] message = new byte[length];
        message.AsSpan().Fill((byte)'x');
        Assert.Equal(FrameType.Settings, await peer.HearAsync());

        await peer.SendAsync(message, type);

        Assert.Equal(FrameType.End, await peer.HearAsync());
        Assert.Null(await peer.HearAsync());
        TransportCloseReason reason = await connection.Closed.Within();
        Assert.Equal((TransportErrorKind.ProtocolViolation, false), (reason.Kind, reason.IsPeer));
    }

    [Fact]
    public async Task Message_TheFrameworkRefuses_IsAViolation()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(await ListenAsync(), Subprotocol);
        await peer.SettingsAsync();
        TransportConnection connection = (await _listener!.AcceptAsync(Bounded.Token()))!;

        // Text that is not UTF-8.
        await peer.SendAsync([0xff], WebSocketMessageType.Text);

        Assert.Equal(TransportErrorKind.ProtocolViolation, (await connection.Closed.Within()).Kind);
    }

    [Fact]
    public async Task Connection_OwnKeepAlive_PingsAfterSilence()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(await ListenAsync(keepAlive: TimeSpan.FromMilliseconds(200)), Subprotocol);
        await peer.SettingsAsync();
        await _listener!.AcceptAsync(Bounded.Token());
        Assert.Equal(FrameType.Settings, await peer.HearAsync());

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            Assert.Equal(FrameType.Ping, await peer.HearAsync());
        }

        // Nothing came back for the peer's own idle timeout of a second. Pings may have been due on the way.
        _time.Advance(TimeSpan.FromMilliseconds(400));
        FrameType? last = await peer.HearAsync();
        while (last == FrameType.Ping)
            last = await peer.HearAsync();

        Assert.Equal(FrameType.End, last);
    }

    [Fact]
    public async Task Connection_HearsWhileLongSilent_ShowsThatItLives()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(await ListenAsync(), Subprotocol);
        await peer.SettingsAsync();
        await _listener!.AcceptAsync(Bounded.Token());
        Assert.Equal(FrameType.Settings, await peer.HearAsync());
        byte[] data = [0x03, 0x02, 0x01, 0x2a];
        await peer.SendAsync(data);
        _time.Advance(TimeSpan.FromMilliseconds(400));

        await peer.SendAsync(data);

        Assert.Equal(FrameType.Pong, await peer.HearAsync());
    }

    [Fact]
    public async Task ConnectAsync_BeyondMaxConnections_IsRefusedUntilOneEnds()
    {
        IPEndPoint address = await ListenAsync(maxConnections: 1);
        TransportConnection first = await ConnectAsync(address).Within();

        Assert.Equal(TransportErrorKind.ConnectionRefused, (await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(address).Within())).Kind);
        Assert.Equal([ConnectionRefusal.TooManyConnections], _refusals);
        Assert.Equal(1, _listener!.Statistics.Refused);
        await first.DisposeAsync();
        await ConnectUntilTakenAsync(address);
    }

    [Fact]
    public async Task ConnectAsync_BeyondTheBacklog_IsRefusedUntilOneIsAccepted()
    {
        IPEndPoint address = await ListenAsync(backlog: 1);
        await ConnectAsync(address).Within();

        Assert.Equal(TransportErrorKind.ConnectionRefused, (await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(address).Within())).Kind);
        Assert.Equal([ConnectionRefusal.Busy], _refusals);
        Assert.NotNull(await _listener!.AcceptAsync(Bounded.Token()));
        await ConnectAsync(address).Within();
    }

    [Fact]
    public async Task Socket_BeyondTheHalfOpenOfItsAddress_IsCutAndCounted()
    {
        IPEndPoint address = await ListenAsync(halfOpenPerAddress: 1);
        using var silent = new TcpClient();
        await silent.ConnectAsync(address, Bounded.Token());
        CancellationToken deadline = Bounded.Token();
        while (_listener!.Statistics.HalfOpen == 0)
        {
            deadline.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await ConnectAndBeCutAsync(address).Within();

        Assert.Equal([ConnectionRefusal.TooManyHalfOpenFromAddress], _refusals);
        silent.Close();
        await ConnectUntilTakenAsync(address);
        Assert.NotNull(await _listener.AcceptAsync(Bounded.Token()));
        Assert.Equal(1, _listener.Statistics.Handshakes);
    }

    [Fact]
    public async Task ConnectAsync_Stopped_IsRefusedAndCounted()
    {
        IPEndPoint address = await ListenAsync();
        await _listener!.StopAcceptingAsync();

        Assert.Equal(TransportErrorKind.ConnectionRefused, (await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(address).Within())).Kind);

        Assert.Equal([ConnectionRefusal.Stopped], _refusals);
    }

    private static async Task ConnectAndBeCutAsync(IPEndPoint address)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(address, Bounded.Token());
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Cut before the call that connects has come back.
            return;
        }

        await WaitForCutAsync(socket);
    }

    private static async Task WaitForCutAsync(TcpClient client)
    {
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Bounded.Token()));
        }
        catch (IOException)
        {
            // Reset is as good as ended.
        }
    }

    // The listener learns of an end a moment after the peer made it.
    private async Task ConnectUntilTakenAsync(IPEndPoint address)
    {
        CancellationToken deadline = Bounded.Token();
        while (true)
        {
            deadline.ThrowIfCancellationRequested();
            try
            {
                await using TransportConnection _ = await ConnectAsync(address);
                return;
            }
            catch (TransportException exception) when (exception.Kind == TransportErrorKind.ConnectionRefused)
            {
                await Task.Yield();
            }
        }
    }

    private Task<TransportConnection> ConnectAsync(IPEndPoint address) =>
        _transport.ConnectAsync(new TransportConnectOptions { Alpn = "zks/test", RemoteEndPoints = [address] }, Bounded.Token()).AsTask();

    private async Task<IPEndPoint> ListenAsync(int maxConnections = 100, int backlog = 100, TimeSpan keepAlive = default, int halfOpenPerAddress = 100)
    {
        _listener = await _transport.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = "zks/test",
                Certificate = _certificate,
                MaxConnections = maxConnections,
                AcceptBacklog = backlog,
                MaxHalfOpenPerAddress = halfOpenPerAddress,
                Refused = _refusals.Enqueue,
                KeepAliveInterval = keepAlive,
                HandshakeTimeout = HandshakeTimeout,
            },
            Bounded.Token());
        return _listener.LocalEndPoint;
    }
}
