namespace ZeroKSync.Transport;

/// <summary>A listener's counters; zero where an engine does not show them.</summary>
/// <param name="Connections">Now, unfinished handshakes and closing ones included.</param>
/// <param name="HalfOpen">Unfinished handshakes now.</param>
/// <param name="Handshakes">Finished since the start.</param>
/// <param name="Refused">Refused since the start, whatever the reason.</param>
/// <param name="ProofsAsked">Newcomers told to prove their address since the start (Retry, RFC 9000 section 8.1.2).</param>
public readonly record struct ListenerStatistics(int Connections, int HalfOpen, long Handshakes, long Refused, long ProofsAsked);
