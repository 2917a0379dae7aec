using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport;

/// <summary>Where and how a listener accepts.</summary>
public sealed class TransportListenerOptions : TransportConnectionOptions
{
    /// <summary>Length of <see cref="StatelessResetKey"/>.</summary>
    public const int StatelessResetKeyBytes = 32;

    /// <summary>Default: a free port on IPv4 loopback. IPv6Any also accepts IPv4.</summary>
    public IPEndPoint BindEndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>With its private key; see <see cref="SelfSignedCertificate"/>. The caller keeps and disposes it.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>
    /// Asked on a newcomer's first datagram, before any state exists for it; false refuses. It runs on the engine's own thread:
    /// it must return at once and not throw.
    /// </summary>
    public Func<IPEndPoint, bool>? Admit { get; init; }

    /// <summary>
    /// Told of each refusal, for counters and logs. It runs on the engine's own thread: it must return at once and not throw. It learns no
    /// address: who is refused is nobody's record.
    /// </summary>
    public Action<ConnectionRefusal>? Refused { get; init; }

    /// <summary>
    /// Lets a listener that lost its state tell its former peers so at once (RFC 9000 section 10.3.2): 32 secret bytes that outlive the
    /// process. Empty (the default) makes new ones with each start; peers then notice a restart by their idle timeout only, as they always do on
    /// System.Net.Quic.
    /// </summary>
    public ReadOnlyMemory<byte> StatelessResetKey { get; init; }

    /// <summary>Connections at once. 1 to 1,000,000, default 10,000; one more is refused.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Unfinished handshakes at once, all addresses together. 1 to 100,000, default 1,000; one more is refused.</summary>
    public int MaxHalfOpen { get; init; } = 1_000;

    /// <summary>Unfinished handshakes at once from one address (IPv4) or network of 64 bits (IPv6). 1 to 100,000, default 256; one more is refused.</summary>
    public int MaxHalfOpenPerAddress { get; init; } = 256;

    /// <summary>
    /// Handshakes begun from one address (IPv4) or network of 64 bits (IPv6), with a burst of as many again. 1 to 1,000,000, default 200; one
    /// more has to prove its address, and is refused if it has. System.Net.Quic cannot ask for the proof, and refuses.
    /// </summary>
    public int HandshakesPerAddressPerSecond { get; init; } = 200;

    /// <summary>From this many unfinished handshakes on, a newcomer must first prove its address (Retry, RFC 9000 section 8.1.2). 0 asks always; default 200. Without effect on System.Net.Quic.</summary>
    public int RetryAtHalfOpen { get; init; } = 200;

    /// <summary>Finished handshakes waiting for <see cref="TransportListener.AcceptAsync"/>. 1 to 65,536, default 1,024; one more is closed.</summary>
    public int AcceptBacklog { get; init; } = 1_024;

    public override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(BindEndPoint);
        ArgumentNullException.ThrowIfNull(Certificate);
        if (!Certificate.HasPrivateKey)
            throw new ArgumentException("The listener's certificate has no private key.", nameof(Certificate));

        if (StatelessResetKey.Length is not (0 or StatelessResetKeyBytes))
            throw new ArgumentException($"A stateless reset key is {StatelessResetKeyBytes} bytes.", nameof(StatelessResetKey));

        InRange(MaxConnections, 1, 1_000_000, nameof(MaxConnections));
        InRange(MaxHalfOpen, 1, 100_000, nameof(MaxHalfOpen));
        InRange(MaxHalfOpenPerAddress, 1, 100_000, nameof(MaxHalfOpenPerAddress));
        InRange(HandshakesPerAddressPerSecond, 1, 1_000_000, nameof(HandshakesPerAddressPerSecond));
        InRange(RetryAtHalfOpen, 0, 100_000, nameof(RetryAtHalfOpen));
        InRange(AcceptBacklog, 1, 65_536, nameof(AcceptBacklog));
    }
}
