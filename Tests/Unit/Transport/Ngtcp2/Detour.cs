using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

/// <summary>Passes datagrams between one client and a listener; <see cref="Rebind"/> gives the client a new address.</summary>
internal sealed class Detour : IDisposable
{
    private readonly Socket _front = Bound();
    private readonly CancellationTokenSource _stop = new();
    private volatile Socket _back = Bound();
    private EndPoint? _client;

    /// <summary>Whether anything gets through.</summary>
    public volatile bool IsOpen = true;

    /// <summary>The address to connect to.</summary>
    public IPEndPoint Front(IPEndPoint listener)
    {
        _ = Task.Run(() => PassAsync(_front, bytes => _back.SendToAsync(bytes, SocketFlags.None, listener, _stop.Token)));
        Back(_back);
        return (IPEndPoint)_front.LocalEndPoint!;
    }

    public void Rebind()
    {
        Socket fresh = Bound();
        Socket old = _back;
        _back = fresh;
        Back(fresh);
        old.Dispose();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _front.Dispose();
        _back.Dispose();
        _stop.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Back(Socket back) => _ = Task.Run(() => PassAsync(back, bytes => _front.SendToAsync(bytes, SocketFlags.None, _client!, _stop.Token)));

    private async Task PassAsync(Socket from, Func<Memory<byte>, ValueTask<int>> send)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await from.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                if (from == _front)
                    _client = received.RemoteEndPoint;

                // What an address before this one got is not passed on, however late it is looked at.
                if (IsOpen && (from == _front || from == _back))
                    await send(buffer.AsMemory(0, received.ReceivedBytes));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over, or this address is.
        }
    }
}
