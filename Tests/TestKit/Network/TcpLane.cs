using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.TestKit.Network;

/// <summary>Passes TCP connections on; closed, it turns them away; cut, it resets those it has.</summary>
public sealed class TcpLane : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _relay;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
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

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Connections let through.</summary>
    public int Passed => Volatile.Read(ref _passed);

    public bool IsOpen
    {
        set => _isOpen = value;
    }

    /// <summary>Takes away what it has, without a word to either end's program.</summary>
    public async Task CutAsync()
    {
        await _cut.CancelAsync();
        _cut = new CancellationTokenSource();
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
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, _cut.Token);
            try
            {
                await far.ConnectAsync(_relay, either.Token);
                await Task.WhenAll(CopyAsync(near, far, either.Token), CopyAsync(far, near, either.Token));
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One end is gone: so is the other, at once.
                near.LingerState = new LingerOption(enable: true, seconds: 0);
                far.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to, CancellationToken cancellationToken)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), cancellationToken);
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
