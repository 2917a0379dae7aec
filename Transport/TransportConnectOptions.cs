using System.Net;
using System.Security.Cryptography;

namespace ZeroKSync.Transport;

/// <summary>Whom to connect to and how.</summary>
public sealed class TransportConnectOptions : TransportConnectionOptions
{
    /// <summary>More addresses than this are refused rather than tried.</summary>
    public const int MaxRemoteEndPoints = 8;

    /// <summary>
    /// Addresses of the same listener, IPv4 or IPv6, most wanted first. Each next one joins the race when <see cref="AttemptDelay"/>
    /// has passed or the one before failed; the first finished handshake wins (RFC 8305).
    /// </summary>
    public required IReadOnlyList<IPEndPoint> RemoteEndPoints { get; init; }

    /// <summary>Head start of an address over the next. 10 ms to 2 s, default 250 ms (RFC 8305 section 5).</summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// SHA-256 of the listener's DER leaf certificate, 32 bytes; empty accepts any, because identity is proven by the session layer,
    /// which binds the certificate hash.
    /// </summary>
    public ReadOnlyMemory<byte> CertificatePin { get; init; }

    public override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(RemoteEndPoints);
        InRange(RemoteEndPoints.Count, 1, MaxRemoteEndPoints, nameof(RemoteEndPoints));
        InRange(AttemptDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(2), nameof(AttemptDelay));
        if (CertificatePin.Length is not (0 or SHA256.HashSizeInBytes))
            throw new ArgumentException($"A certificate pin is {SHA256.HashSizeInBytes} bytes.", nameof(CertificatePin));

        foreach (var remote in RemoteEndPoints)
        {
            if (remote is null || remote.Port == 0)
                throw new ArgumentException("A remote endpoint needs an address and a port.", nameof(RemoteEndPoints));
        }
    }
}
