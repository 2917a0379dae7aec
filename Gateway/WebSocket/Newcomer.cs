using System.Net;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>A TCP connection whose handshake is not finished: its place in the limits, and its deadline. Disposing gives both back, once.</summary>
internal sealed class Newcomer(Newcomers owner, IPEndPoint remote) : IDisposable
{
    private int _isDone;

    public IPEndPoint Remote => remote;

    public ITimer? Deadline { get; set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDone, 1) != 0)
            return;

        Deadline?.Dispose();
        owner.Leave(remote.Address);
    }
}
