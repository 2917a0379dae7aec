namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>How the ngtcp2 engine uses its machine. Nothing here changes what a peer sees, except <see cref="KeyUpdateBytes"/>.</summary>
public sealed class Ngtcp2Options
{
    /// <summary>A connection id carries its loop in six bits.</summary>
    public const int MaxLoops = 64;

    /// <summary>What every path that carries QUIC carries (RFC 9000 section 14).</summary>
    public const int LeastDatagramBytes = 1200;

    /// <summary>The UDP payload of the jumbo frames that networks have which have any: an MTU of 8,896 bytes less the headers of IPv6 and UDP.</summary>
    public const int MostDatagramBytes = 8896 - 48;

    /// <summary>
    /// Threads of a listener, each with a socket of its own on the one port. 1 to 64, default 1: a loop moves some hundred thousand requests a
    /// second, so more are worth it only where the machine has cores to spare.
    /// </summary>
    public int ListenerLoops { get; init; } = 1;

    /// <summary>Threads that the outgoing connections of one address family and ALPN are spread over. 1 to 64, default 1.</summary>
    public int ClientLoops { get; init; } = 1;

    /// <summary>How datagrams reach the kernel; the default takes the best it offers.</summary>
    public DatagramMode Datagrams { get; init; } = DatagramMode.Automatic;

    /// <summary>The largest UDP payload that is tried on a path. 1,200 to 8,848 bytes, default 8,848: jumbo
    /// frames are used where a probe shows that the path carries them (RFC 8899). 1,452 is what ordinary Ethernet carries.</summary>
    public int DatagramBytesMax { get; init; } = MostDatagramBytes;

    /// <summary>An existing directory that gets one qlog file (draft-ietf-quic-qlog) per connection, for looking into a fault; null (the default) writes
    /// none. At most 1,000 files a loop and 64 MiB a file. The files name addresses.</summary>
    public string? QlogDirectory { get; init; }

    /// <summary>Packet protection keys change after this many stream bytes (RFC 9001 section 6). 64 KiB to 1 TiB, default 4 GiB.</summary>
    public long KeyUpdateBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Listeners that a client remembers for a shorter handshake: a session ticket and an address token each (RFC 9001 section 4.5, RFC 9000
    /// section 8.1.3). 0 to 4,096, default 64. Early data is never sent.
    /// </summary>
    public int ResumptionsKept { get; init; } = 64;

    /// <exception cref="ArgumentException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        InRange(ListenerLoops, 1, MaxLoops, nameof(ListenerLoops));
        InRange(ClientLoops, 1, MaxLoops, nameof(ClientLoops));
        InRange(DatagramBytesMax, LeastDatagramBytes, MostDatagramBytes, nameof(DatagramBytesMax));
        InRange(KeyUpdateBytes, 64 << 10, 1L << 40, nameof(KeyUpdateBytes));
        InRange(ResumptionsKept, 0, 4096, nameof(ResumptionsKept));
        if (!Enum.IsDefined(Datagrams))
            throw new ArgumentOutOfRangeException(nameof(Datagrams), Datagrams, "This is no way to send datagrams.");

        if (QlogDirectory is not null && !Directory.Exists(QlogDirectory))
            throw new ArgumentException("The qlog directory does not exist.", nameof(QlogDirectory));
    }

    private static void InRange(long value, long low, long high, string name)
    {
        if (value < low || value > high)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
