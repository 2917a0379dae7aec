namespace ZeroKSync.Transport;

/// <summary>Counters of one connection since its start.</summary>
/// <param name="SmoothedRoundTrip">RFC 9002 smoothed_rtt; zero where the engine has none.</param>
/// <param name="BytesSent">Stream payload handed to the network, without headers or retransmissions.</param>
/// <param name="BytesReceived">Stream payload received in order.</param>
/// <param name="StreamsOpened">Streams opened by this end.</param>
/// <param name="StreamsAccepted">Streams opened by the peer.</param>
/// <param name="DatagramBytesMax">The largest UDP payload that the path is known to carry; zero where the engine does not say.</param>
public readonly record struct ConnectionStatistics(
    TimeSpan SmoothedRoundTrip,
    long BytesSent,
    long BytesReceived,
    long StreamsOpened,
    long StreamsAccepted,
    int DatagramBytesMax);
