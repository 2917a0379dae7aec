namespace ZeroKSync.Transport;

/// <summary>Why a connection or stream failed, in the terms a caller can act on.</summary>
public enum TransportErrorKind
{
    /// <summary>The listener does not take this connection: admission, a limit, or it is stopping.</summary>
    ConnectionRefused,

    /// <summary>Nothing answered within the handshake timeout.</summary>
    HandshakeTimeout,

    /// <summary>The handshake ended for a reason that has no kind of its own.</summary>
    HandshakeFailed,

    /// <summary>The two ends have no application protocol in common.</summary>
    AlpnMismatch,

    /// <summary>The listener's certificate is not the pinned one.</summary>
    CertificateRefused,

    /// <summary>Nothing was heard from the peer for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>The peer closed the connection; the application code says why.</summary>
    ClosedByPeer,

    /// <summary>This end closed the connection or disposed the object.</summary>
    ClosedLocally,

    /// <summary>The path no longer carries datagrams of the size it did; a new connection finds out what it carries now.</summary>
    NoViablePath,

    /// <summary>The peer lost the connection's state, for example by restarting.</summary>
    PeerLostState,

    /// <summary>The peer, or this end on its behalf, broke the transport's rules.</summary>
    ProtocolViolation,

    /// <summary>The writing end gave the stream up: the rest will not come.</summary>
    StreamReset,

    /// <summary>The reading end gave the stream up: writing is pointless.</summary>
    StreamStopped,

    /// <summary>Another process or listener has the port.</summary>
    AddressInUse,

    /// <summary>The address cannot be bound or reached from this machine.</summary>
    AddressUnavailable,

    /// <summary>The engine cannot run here; the message says what is missing.</summary>
    EngineUnavailable,

    /// <summary>A limit of this end was reached.</summary>
    LimitReached,
}
