namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>Where a connection stands with the engine.</summary>
internal enum ConnectionPhase
{
    Handshake,
    Open,

    /// <summary>CONNECTION_CLOSE was sent; it is repeated to a peer that goes on (RFC 9000 section 10.2.1).</summary>
    Closing,

    /// <summary>The peer closed; nothing is sent any more.</summary>
    Draining,

    /// <summary>Nothing is left but this object.</summary>
    Gone,
}
