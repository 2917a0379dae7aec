namespace ZeroKSync.Transport;

/// <summary>How a connection ended.</summary>
/// <param name="ApplicationCode">The code given to <see cref="TransportConnection.CloseAsync"/>, at both ends; null for any other end.</param>
/// <param name="Reason">The closer's words, or the engine's; empty where there are none, or the engine carries none. Text from a peer is not to be trusted.</param>
/// <param name="IsPeer">Whether the peer ended it.</param>
public sealed record TransportCloseReason(TransportErrorKind Kind, long? ApplicationCode, string Reason, bool IsPeer)
{
    internal string Describe() => Kind switch
    {
        TransportErrorKind.ConnectionRefused => "The listener refused the connection.",
        TransportErrorKind.HandshakeTimeout => "Nothing answered within the handshake timeout: is a relay running at this address?",
        TransportErrorKind.AlpnMismatch => "The two ends have no application protocol in common.",
        TransportErrorKind.CertificateRefused => "The listener's certificate is not the pinned one.",
        TransportErrorKind.IdleTimeout => "The peer was silent for the idle timeout.",
        TransportErrorKind.ClosedByPeer => $"The peer closed the connection with code {ApplicationCode}.",
        TransportErrorKind.ClosedLocally => "The connection was closed at this end.",
        TransportErrorKind.NoViablePath => "The path no longer carries datagrams of the size it did.",
        TransportErrorKind.PeerLostState => "The peer no longer knows this connection.",
        _ => Reason.Length == 0 ? $"The connection failed: {Kind}." : $"The connection failed: {Reason}.",
    };
}
