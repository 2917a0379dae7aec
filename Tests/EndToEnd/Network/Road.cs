using System.Net;
using System.Net.Sockets;
using ZeroKSync.TestKit.Network;

namespace ZeroKSync.Tests.EndToEnd.Network;

/// <summary>The way to a relay, one port number for UDP and TCP, on which either can be closed: what a firewall does to a phone.</summary>
internal sealed class Road : IAsyncDisposable
{
    private const int TriesMax = 64;

    private readonly UdpLane _udp;
    private readonly TcpLane _tcp;

    private Road(UdpLane udp, TcpLane tcp)
    {
        _udp = udp;
        _tcp = tcp;
    }

    public int Port => _udp.Port;

    public bool IsUdpOpen
    {
        set => _udp.IsOpen = value;
    }

    public bool IsTcpOpen
    {
        set => _tcp.IsOpen = value;
    }

    /// <summary>Datagrams let through, both ways.</summary>
    public int Datagrams => _udp.Passed;

    /// <summary>TCP connections let through.</summary>
    public int Connections => _tcp.Passed;

    public static Road To(IPEndPoint relay)
    {
        for (int tries = 1; ; tries++)
        {
            var udp = new UdpLane(relay);
            try
            {
                return new Road(udp, new TcpLane(udp.Port, relay));
            }
            catch (SocketException) when (tries < TriesMax)
            {
                udp.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        await _tcp.DisposeAsync();
    }
}
