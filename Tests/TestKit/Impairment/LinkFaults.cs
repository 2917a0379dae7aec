namespace ZeroKSync.TestKit.Impairment;

/// <summary>What goes wrong on one direction of a path. Chances are from 0 to 1, and each is drawn for each datagram.</summary>
public sealed record LinkFaults
{
    /// <summary>Nothing.</summary>
    public static LinkFaults None { get; } = new();

    public TimeSpan Delay { get; init; }

    /// <summary>Up to this much more or less than the delay, evenly spread; it reorders where it exceeds the gaps between datagrams.</summary>
    public TimeSpan Jitter { get; init; }

    public double Loss { get; init; }

    /// <summary>Chance that a good link turns bad: a bad one loses everything (Gilbert-Elliott).</summary>
    public double TurnsBad { get; init; }

    /// <summary>Chance that a bad link turns good again.</summary>
    public double TurnsGood { get; init; } = 1;

    public double Duplication { get; init; }

    /// <summary>Chance of coming later than those behind it, by <see cref="ReorderingDelay"/>.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Chance of one flipped bit.</summary>
    public double Corruption { get; init; }

    /// <summary>0 for no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>What may wait for the bandwidth; a datagram that does not fit is lost.</summary>
    public int QueueBytes { get; init; } = 64 << 10;

    /// <summary>What ordinary Ethernet carries, as UDP payload over IPv4.</summary>
    public const int EthernetBytes = 1472;

    /// <summary>Larger ones are lost: a path over loopback carries no more than one over Ethernet unless it says so. 0 for no limit.</summary>
    public int MtuBytes { get; init; } = EthernetBytes;

    /// <summary>Nothing at all gets through.</summary>
    public bool IsCut { get; init; }
}
