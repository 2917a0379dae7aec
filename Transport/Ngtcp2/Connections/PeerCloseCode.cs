namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>What the transport's own code in a peer's CONNECTION_CLOSE means to a caller (RFC 9000 section 20.1).</summary>
internal static class PeerCloseCode
{
    /// <summary>The TLS alert no_application_protocol (RFC 7301 section 3.2).</summary>
    public const byte AlertNoApplicationProtocol = 120;

    private const ulong ConnectionRefused = 0x02;
    private const ulong ApplicationError = 0x0c;
    /// <summary>The path does not carry datagrams of the size in use.</summary>
    public const ulong NoViablePath = 0x10;

    private const ulong CryptoErrorFirst = 0x100;
    private const ulong CryptoErrorLast = 0x1ff;

    public static TransportErrorKind KindOf(ulong code, bool isHandshake) => code switch
    {
        ConnectionRefused => TransportErrorKind.ConnectionRefused,
        // An application that turns a newcomer away before its handshake is done cannot say more (RFC 9000 section 10.2.3).
        ApplicationError when isHandshake => TransportErrorKind.ConnectionRefused,
        NoViablePath => TransportErrorKind.NoViablePath,
        CryptoErrorFirst + AlertNoApplicationProtocol => TransportErrorKind.AlpnMismatch,
        >= CryptoErrorFirst and <= CryptoErrorLast => TransportErrorKind.HandshakeFailed,
        _ => isHandshake ? TransportErrorKind.HandshakeFailed : TransportErrorKind.ProtocolViolation,
    };
}
