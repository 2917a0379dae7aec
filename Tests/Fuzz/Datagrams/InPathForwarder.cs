using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Tests.Fuzz.Datagrams;

/// <summary>Somebody on the path of one client: passes everything on as it is, remembers the latest of each way, and sends what it likes as either end.</summary>
internal sealed class InPathForwarder : IDisposable
{
    private const int DatagramBytesMax = 65_536;
    private const int RememberedMax = 256;

    private readonly Socket _front = Bound();
    private readonly Socket _back = Bound();
    private readonly IPEndPoint _listener;
    private readonly ConcurrentQueue<byte[]> _seen = new();
    private volatile EndPoint? _client;

    public InPathForwarder(IPEndPoint listener)
    {
        _listener = listener;
        _ = PassAsync(_front, isUp: true);
        _ = PassAsync(_back, isUp: false);
    }

    /// <summary>The address to connect to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_front.LocalEndPoint!;

    /// <summary>Of both ways.</summary>
    public byte[][] Seen => [.. _seen];

    /// <summary>As the client, to the listener.</summary>
    public void SendUp(byte[] datagram) => _back.SendTo(datagram, _listener);

    /// <summary>As the listener, to the client.</summary>
    public void SendDown(byte[] datagram) => _front.SendTo(datagram, _client ?? throw new InvalidOperationException("The client has not shown itself yet."));

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task PassAsync(Socket from, bool isUp)
    {
        byte[] buffer = new byte[DatagramBytesMax];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await from.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                byte[] datagram = buffer[..received.ReceivedBytes];
                if (isUp)
                    _client = received.RemoteEndPoint;

                // On its way first: what is sent again later has been read once, and is a repeat to whoever gets it.
                if (isUp)
                    await _back.SendToAsync(datagram, _listener);
                else if (_client is { } client)
                    await _front.SendToAsync(datagram, client);

                _seen.Enqueue(datagram);
                if (_seen.Count > RememberedMax)
                    _seen.TryDequeue(out _);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The path was taken away.
        }
    }
}
