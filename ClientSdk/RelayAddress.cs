using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>
/// Where a relay listens and who it must be. The relay id is what is trusted: a relay at this address with another id is refused
/// before this device shows its own. Text form: <c>host:port/relay-id</c>, the id as 64 hex digits, an IPv6 host in brackets.
/// </summary>
public sealed record RelayAddress
{
    /// <summary>Longest host name, in characters (RFC 1035 section 2.3.4).</summary>
    public const int MaxHostLength = 253;

    /// <param name="host">A name or an IP address, without brackets. 1 to 253 characters.</param>
    /// <param name="port">UDP port, 1 to 65535.</param>
    /// <param name="relayId">The relay's static public key.</param>
    /// <exception cref="ArgumentException">The host or the port is out of its bounds.</exception>
    public RelayAddress(string host, int port, RelayId relayId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(host.Length, MaxHostLength, nameof(host));
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Host = host;
        Port = port;
        RelayId = relayId;
    }

    /// <summary>A name or an IP address, without brackets.</summary>
    public string Host { get; }

    /// <summary>UDP port.</summary>
    public int Port { get; }

    /// <summary>The relay's static public key.</summary>
    public RelayId RelayId { get; }

    /// <summary><c>host:port</c>, an IPv6 host in brackets: the form invites carry.</summary>
    public string HostAndPort => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The text form, for people and configuration; not for logs.</summary>
    public string ToText() => $"{HostAndPort}/{RelayId.ToHex()}";

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not <c>host:port/relay-id</c>.</exception>
    public static RelayAddress Parse(string text) => TryParse(text, out RelayAddress? address)
        ? address
        : throw new FormatException("A relay address is host:port/relay-id, the id as 64 hex digits.");

    /// <summary>Reads the text form, or says false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RelayAddress? address)
    {
        address = null;
        int slash = text?.LastIndexOf('/') ?? -1;
        return slash > 0
            && RelayId.TryParseHex(text.AsSpan(slash + 1), out RelayId id)
            && TryParse(text![..slash], id, out address);
    }

    /// <summary>Reads <c>host:port</c>, or says false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hostAndPort, RelayId relayId, [NotNullWhen(true)] out RelayAddress? address)
    {
        address = null;
        int colon = hostAndPort?.LastIndexOf(':') ?? -1;
        if (colon <= 0
            || !ushort.TryParse(hostAndPort.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || port == 0)
        {
            return false;
        }

        string host = hostAndPort![..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        if (string.IsNullOrWhiteSpace(host) || host.Length > MaxHostLength || (!isBracketed && host.Contains(':', StringComparison.Ordinal)))
            return false;

        address = new RelayAddress(host, port, relayId);
        return true;
    }

    /// <summary>Never the address: it must not reach a log by accident. Use <see cref="ToText"/>.</summary>
    public override string ToString() => "RelayAddress[redacted]";
}
