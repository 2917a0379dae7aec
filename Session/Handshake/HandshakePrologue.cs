using ZeroKSync.Cryptography;

namespace ZeroKSync.Session;

/// <summary>
/// What both sides must see alike before a handshake starts. It binds the session to the TLS connection below it, and each rekey to the
/// handshake before it.
/// </summary>
public static class HandshakePrologue
{
    /// <summary>Bytes of a certificate's hash.</summary>
    public const int CertificateHashBytes = 32;

    /// <summary>Version, a zero byte, and the hash of the relay's certificate.</summary>
    /// <param name="certificateHash">SHA-256 of the TLS leaf certificate (DER), as each side sees it.</param>
    /// <exception cref="ArgumentException">The hash does not have 32 bytes.</exception>
    public static byte[] ForCertificate(ReadOnlySpan<byte> certificateHash)
    {
        if (certificateHash.Length != CertificateHashBytes)
            throw new ArgumentException($"{CertificateHashBytes} bytes expected, {certificateHash.Length} given.", nameof(certificateHash));

        return [.. Labels.Prologue, 0, .. certificateHash];
    }

    /// <summary>Of a handshake inside a session: a label, and the hash of the handshake before it, which was the first or a rekey's.</summary>
    /// <exception cref="ArgumentException">The hash does not have 32 bytes.</exception>
    public static byte[] ForRekey(ReadOnlySpan<byte> previousHash)
    {
        if (previousHash.Length != SessionKeys.HandshakeHashBytes)
            throw new ArgumentException($"{SessionKeys.HandshakeHashBytes} bytes expected, {previousHash.Length} given.", nameof(previousHash));

        return [.. Labels.RekeyPrologue, .. previousHash];
    }
}
