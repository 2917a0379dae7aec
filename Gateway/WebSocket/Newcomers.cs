using System.Net;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Admission;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>
/// Who may begin a handshake: the same limits as for QUIC, asked when TCP has connected and before a byte is read. A TCP address is proven by
/// then, so there is no Retry.
/// </summary>
internal sealed class Newcomers(TransportListenerOptions options, TimeProvider timeProvider)
{
    private readonly HandshakeAdmission _admission = new(options);
    private readonly long _start = timeProvider.GetTimestamp();

    /// <summary>Unfinished handshakes.</summary>
    public int HalfOpen => _admission.HalfOpen;

    /// <summary>Null refuses.</summary>
    /// <param name="remote">Of the socket.</param>
    /// <param name="cut">Ends the connection at once.</param>
    /// <param name="refusal">Why, where it refuses.</param>
    public Newcomer? TryEnter(IPEndPoint remote, Action cut, out ConnectionRefusal refusal)
    {
        // Both families are one address to the limits of the layers above.
        if (remote.Address.IsIPv4MappedToIPv6)
            remote = new IPEndPoint(remote.Address.MapToIPv4(), remote.Port);
        refusal = ConnectionRefusal.NotAdmitted;
        if (options.Admit is { } admit && !admit(remote))
            return null;

        ulong now = (ulong)timeProvider.GetElapsedTime(_start).TotalNanoseconds;
        if (_admission.Decide(remote.Address, isProved: true, now, out refusal) != AdmissionAnswer.Begin)
            return null;

        var newcomer = new Newcomer(this, remote);
        newcomer.Deadline = timeProvider.CreateTimer(static cut => ((Action)cut!)(), cut, options.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        return newcomer;
    }

    public void Leave(IPAddress address) => _admission.Ended(address);
}
