namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>How datagrams go to and come from the kernel, the fastest first. Where the kernel refuses one, the next is used.</summary>
public enum DatagramMode
{
    /// <summary>The first of the following that the kernel offers.</summary>
    Automatic,

    /// <summary>Many datagrams of one size as one buffer (UDP GSO and GRO, Linux 5.0), many buffers with one call.</summary>
    Segmented,

    /// <summary>Many datagrams with one call (<c>sendmmsg</c>, <c>recvmmsg</c>).</summary>
    Batched,

    /// <summary>One call for each datagram.</summary>
    Single,
}
