namespace ZeroKSync.Transport.Ngtcp2.Resumption;

/// <summary>What shortens the next handshake with one listener. Each part is used once (RFC 8446 appendix C.4, RFC 9000 section 8.1.3).</summary>
internal sealed class RememberedListener
{
    /// <summary>The TLS session with its ticket; null for none. Secret.</summary>
    public byte[]? Session { get; set; }

    /// <summary>Hash of the certificate the session was made under: a resumed handshake shows none.</summary>
    public byte[] CertificateHash { get; set; } = [];

    /// <summary>Proof of this client's address; null for none.</summary>
    public byte[]? Token { get; set; }
}
