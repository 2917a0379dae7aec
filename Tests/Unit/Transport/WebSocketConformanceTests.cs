using System.Net;
using System.Net.Sockets;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Network;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class WebSocketConformanceTests : TransportConformance
{
    private readonly FakeTimeProvider _time = new();

    public WebSocketConformanceTests()
    {
        Server = new KestrelTransport(_time);
        Client = new WebSocketTransport(_time);
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    [Fact]
    public async Task ConnectAsync_NobodyAnswers_TimesOut()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Task<TransportConnection> connecting = ConnectAsync((IPEndPoint)silent.LocalEndpoint);

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TransportErrorKind.HandshakeTimeout, (await Assert.ThrowsAsync<TransportException>(() => connecting.Within())).Kind);
    }

    [Fact]
    public async Task ConnectAsync_ClosedPort_IsRefused()
    {
        IPEndPoint closed;
        using (var silent = new TcpListener(IPAddress.Loopback, 0))
        {
            silent.Start();
            closed = (IPEndPoint)silent.LocalEndpoint;
        }

        Assert.Equal(TransportErrorKind.ConnectionRefused, (await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(closed).Within())).Kind);
    }

    [Fact]
    public async Task Closed_PeerThatVanished_IsALostPeer()
    {
        TransportListener listener = await ListenAsync();
        await using var lane = new TcpLane(port: 0, listener.LocalEndPoint);
        Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
        TransportConnection client = await ConnectAsync(lane.EndPoint).Within();
        TransportConnection server = (await accepting.Within())!;

        await lane.CutAsync();

        Assert.Equal(TransportErrorKind.PeerLostState, (await client.Closed.Within()).Kind);
        Assert.Equal(TransportErrorKind.PeerLostState, (await server.Closed.Within()).Kind);
    }

    [Fact]
    public async Task CloseAsync_PeerGivesNoCredit_ClosesAfterTheFlushTimeout()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream stream = await client.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());
        await stream.WriteAsync(new byte[(1 << 20) + 1000], cancellationToken: Bounded.Token());
        Task closing = client.CloseAsync(3, string.Empty, Bounded.Token()).AsTask();
        Assert.False(server.Closed.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(500));

        await closing.Within();
        Assert.Equal(3, (await server.Closed.Within()).ApplicationCode);
    }

    protected override void Advance(TimeSpan time) => _time.Advance(time);

    private Task<TransportConnection> ConnectAsync(IPEndPoint remote) =>
        Client.ConnectAsync(new TransportConnectOptions { Alpn = "zks/test", RemoteEndPoints = [remote] }, Bounded.Token()).AsTask();
}
