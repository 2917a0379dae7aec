using System.Net;
using System.Runtime.Versioning;
using ZeroKSync.Transport.Admission;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// A listener's unfinished handshakes. System.Net.Quic says when one is finished, and not which one failed: a failed one counts until its
/// deadline. Nor can it ask for a proof of the address, so every address is taken at its word.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class Handshakes(TransportListenerOptions options, TimeProvider timeProvider)
{
    // The library's own deadline comes first: what is still here after this is none any more.
    private static readonly TimeSpan DeadlineGrace = TimeSpan.FromSeconds(1);
    private const ulong NanosecondsPerTick = 100;

    private readonly Lock _gate = new();
    private readonly HandshakeAdmission _admission = new(options);
    private readonly Dictionary<IQuicConnection, LinkedListNode<Handshake>> _open = [];
    private readonly LinkedList<Handshake> _byAge = [];
    private readonly long _start = timeProvider.GetTimestamp();

    public int HalfOpen
    {
        get
        {
            lock (_gate)
            {
                ForgetOverdue();
                return _open.Count;
            }
        }
    }

    /// <returns>Where the newcomer's stream limits go; null with the reason where it is refused.</returns>
    public StreamGate? TryBegin(IQuicConnection newcomer, IPAddress address, out ConnectionRefusal refusal)
    {
        lock (_gate)
        {
            ForgetOverdue();
            if (_admission.Decide(address, isProved: true, Now(), out refusal) != AdmissionAnswer.Begin)
                return null;

            var handshake = new Handshake(newcomer, address, new StreamGate(options.MaxWaitingOpens), timeProvider.GetTimestamp());
            _open.Add(newcomer, _byAge.AddLast(handshake));
            return handshake.Gate;
        }
    }

    /// <summary>One is finished.</summary>
    /// <returns>What <see cref="TryBegin"/> gave; null where its deadline has passed.</returns>
    public StreamGate? Finish(IQuicConnection connection)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(connection, out LinkedListNode<Handshake>? node))
                return null;

            Forget(node);
            return node.Value.Gate;
        }
    }

    private void ForgetOverdue()
    {
        while (_byAge.First is { } oldest && timeProvider.GetElapsedTime(oldest.Value.Begun) > options.HandshakeTimeout + DeadlineGrace)
            Forget(oldest);
    }

    private void Forget(LinkedListNode<Handshake> node)
    {
        _open.Remove(node.Value.Connection);
        _byAge.Remove(node);
        _admission.Ended(node.Value.Address);
    }

    private ulong Now() => (ulong)timeProvider.GetElapsedTime(_start).Ticks * NanosecondsPerTick;

    private sealed record Handshake(IQuicConnection Connection, IPAddress Address, StreamGate Gate, long Begun);
}
