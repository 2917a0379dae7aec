using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class Ngtcp2ConformanceTests : TransportConformance
{
    protected override ITransport Server { get; } = Ngtcp2Transport.Create();

    protected override ITransport Client { get; } = Ngtcp2Transport.Create();

    [Fact]
    public async Task Listener_GarbageDatagrams_ServesOn()
    {
        TransportListener listener = await ListenAsync();
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            for (int length = 0; length < 1500; length += 7)
            {
                byte[] garbage = RandomNumberGenerator.GetBytes(length);
                await socket.SendToAsync(garbage, SocketFlags.None, listener.LocalEndPoint);
                if (length > 5)
                {
                    // A long header of QUIC version 1, and nonsense after it.
                    byte[] initial = [0xc0, 0, 0, 0, 1, .. garbage.AsSpan(5)];
                    await socket.SendToAsync(initial, SocketFlags.None, listener.LocalEndPoint);
                }
            }
        }

        (TransportConnection client, _) = await PairAsync(listener);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task ConnectAsync_ListenerAsksForProofOfTheAddress_Succeeds()
    {
        TransportListener listener = await ListenAsync(retryAtHalfOpen: 0);

        (TransportConnection client, _) = await PairAsync(listener);

        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task ConnectAsync_NobodyThere_TimesOut()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await Client.ConnectAsync(
            new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [(IPEndPoint)silent.LocalEndPoint!], HandshakeTimeout = TimeSpan.FromMilliseconds(200) },
            Bounded.Token()));

        Assert.Equal(TransportErrorKind.HandshakeTimeout, exception.Kind);
    }

    [Fact]
    public async Task Connection_KeepAlive_OutlivesTheIdleTimeout()
    {
        TransportListener listener = await ListenAsync(idle: TimeSpan.FromMilliseconds(400));
        (TransportConnection kept, TransportConnection _) = await PairAsync(listener, keepAlive: TimeSpan.FromMilliseconds(100));
        (TransportConnection silent, TransportConnection _) = await PairAsync(listener);

        // The silent one measures the time for the other.
        await silent.Closed.Within();

        Assert.False(kept.Closed.IsCompleted);
    }
}
