using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Tests.EndToEnd.Network;

/// <summary>Passes TCP connections on; closed, it turns them away.</summary>
internal sealed class TcpLane : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _relay;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;
    private int _passed;
    private volatile bool _isOpen = true;

    /// <exception cref="SocketException">The port is taken.</exception>
    public TcpLane(int port, IPEndPoint relay)
    {
        _relay = relay;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Passed => Volatile.Read(ref _passed);

    public bool IsOpen
    {
        set => _isOpen = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync(_over.Token);
                passing.Add(PassAsync(near));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            if (!_isOpen)
                return;

            Interlocked.Increment(ref _passed);
            try
            {
                await far.ConnectAsync(_relay, _over.Token);
                await Task.WhenAll(CopyAsync(near, far), CopyAsync(far, near));
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One end is gone: so is the other.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), _over.Token);
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
