using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>
/// Who may begin a handshake: the same limits as for QUIC, asked when TCP has connected and before a byte is read. A TCP address is proven by
/// then, so there is no Retry.
/// </summary>
internal sealed class Newcomers(TransportListenerOptions options, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Null refuses.</summary>
    /// <param name="remote">Of the socket.</param>
    /// <param name="cut">Ends the connection at once.</param>
    public Newcomer? TryEnter(IPEndPoint remote, Action cut)
    {
        // Both families are one address to the limits of the layers above.
        if (remote.Address.IsIPv4MappedToIPv6)
            remote = new IPEndPoint(remote.Address.MapToIPv4(), remote.Port);
        if (options.Admit is { } admit && !admit(remote))
            return null;

        lock (_gate)
        {
            int sameAddress = _byAddress.GetValueOrDefault(remote.Address);
            if (_count >= options.MaxHalfOpen || sameAddress >= options.MaxHalfOpenPerAddress)
                return null;

            _count++;
            _byAddress[remote.Address] = sameAddress + 1;
        }

        var newcomer = new Newcomer(this, remote);
        newcomer.Deadline = timeProvider.CreateTimer(static cut => ((Action)cut!)(), cut, options.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        return newcomer;
    }

    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (--_byAddress[address] == 0)
                _byAddress.Remove(address);
        }
    }
}
