using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Tests.Fuzz.Datagrams;

/// <summary>Senders a listener knows nothing of, in turn; what comes back to them is counted.</summary>
internal sealed class StrangerSockets : IDisposable
{
    private readonly Socket[] _sockets;
    private readonly IPEndPoint _listener;
    private readonly byte[] _buffer = new byte[65_536];
    private int _next;

    public StrangerSockets(int count, IPEndPoint listener)
    {
        _listener = listener;
        _sockets = [.. Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))];
        foreach (Socket socket in _sockets)
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public long SentBytes { get; private set; }

    public long ReceivedBytes { get; private set; }

    public void Send(byte[] datagram) => SentBytes += _sockets[_next++ % _sockets.Length].SendTo(datagram, _listener);

    /// <summary>Takes what has come.</summary>
    public void Receive()
    {
        foreach (Socket socket in _sockets)
        {
            while (socket.Available > 0)
                ReceivedBytes += socket.Receive(_buffer);
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }
}
