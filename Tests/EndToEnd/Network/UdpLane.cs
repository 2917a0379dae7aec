using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Tests.EndToEnd.Network;

/// <summary>Passes datagrams on, as a home router does: each sender gets a port of its own towards the relay.</summary>
internal sealed class UdpLane : IDisposable
{
    private const int DatagramBytesMax = 65_536;
    private readonly Socket _near = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentDictionary<EndPoint, Socket> _far = new();
    private readonly IPEndPoint _relay;
    private int _passed;
    private volatile bool _isOpen = true;

    public UdpLane(IPEndPoint relay)
    {
        _relay = relay;
        _near.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = PassAsync(_near, (from, datagram) => Far(from).SendAsync(datagram));
    }

    public int Port => ((IPEndPoint)_near.LocalEndPoint!).Port;

    public int Passed => Volatile.Read(ref _passed);

    public bool IsOpen
    {
        set => _isOpen = value;
    }

    public void Dispose()
    {
        _near.Dispose();
        foreach (Socket far in _far.Values)
            far.Dispose();
    }

    private Socket Far(EndPoint device) => _far.GetOrAdd(device, key =>
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        far.Connect(_relay);
        _ = PassAsync(far, (_, datagram) => _near.SendToAsync(datagram, key));
        return far;
    });

    private async Task PassAsync(Socket from, Func<EndPoint, ReadOnlyMemory<byte>, ValueTask<int>> pass)
    {
        byte[] buffer = new byte[DatagramBytesMax];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await from.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                if (!_isOpen)
                    continue;

                Interlocked.Increment(ref _passed);
                await pass(received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The road was taken away.
        }
    }
}
