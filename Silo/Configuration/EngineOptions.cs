using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Silo.Configuration;

/// <summary>Which QUIC engine serves the devices and how it uses the machine. All but <see cref="Name"/>, <see cref="HalfOpenMax"/> and <see cref="AcceptBacklog"/> is ngtcp2's alone.</summary>
internal sealed class EngineOptions
{
    /// <summary>`ngtcp2`, `system-net-quic`, or `auto` for the first that loads here.</summary>
    public string Name { get; set; } = "auto";

    /// <summary>Threads that serve QUIC, each with a socket on the one port; 0 is one per processor. 0 to 64, default 1.</summary>
    public int Loops { get; set; } = 1;

    /// <summary>How datagrams reach the kernel: `automatic` is the best it offers (`segmented`, else `batched`, else `single`); the others are one way alone.</summary>
    public DatagramMode Datagrams { get; set; }

    /// <summary>The largest UDP payload tried on a path: jumbo frames where a probe shows that they get through, unless it is lower. 1,452 is ordinary Ethernet's. 1,200 to 8,848, default 8,848.</summary>
    public int DatagramBytesMax { get; set; } = Ngtcp2Options.MostDatagramBytes;

    /// <summary>A directory for one qlog file a connection, to look into a fault. **The files name addresses.** Without it none is written.</summary>
    public string? QlogDirectory { get; set; }

    /// <summary>Stream bytes after which packet protection keys change (RFC 9001 section 6). 64 KiB to 1 TiB, default 4 GiB.</summary>
    public long KeyUpdateBytes { get; set; } = 4L << 30;

    /// <summary>Unfinished handshakes at once, all addresses together; one more is refused. 1 to 100,000, default 1,000.</summary>
    public int HalfOpenMax { get; set; } = 1_000;

    /// <summary>Unfinished handshakes from which on a newcomer must first prove its address; 0 asks always. 0 to 100,000, default 200.</summary>
    public int RetryAtHalfOpen { get; set; } = 200;

    /// <summary>Finished handshakes that wait to become sessions; one more is closed. 1 to 65,536, default 1,024.</summary>
    public int AcceptBacklog { get; set; } = 1_024;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        OptionBounds.InRange(Loops, 0, Ngtcp2Options.MaxLoops, nameof(Loops));
        OptionBounds.InRange(DatagramBytesMax, Ngtcp2Options.LeastDatagramBytes, Ngtcp2Options.MostDatagramBytes, nameof(DatagramBytesMax));
        OptionBounds.InRange(KeyUpdateBytes, 64 << 10, 1L << 40, nameof(KeyUpdateBytes));
        OptionBounds.InRange(HalfOpenMax, 1, 100_000, nameof(HalfOpenMax));
        OptionBounds.InRange(RetryAtHalfOpen, 0, 100_000, nameof(RetryAtHalfOpen));
        OptionBounds.InRange(AcceptBacklog, 1, 65_536, nameof(AcceptBacklog));
    }
}
