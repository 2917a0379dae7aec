using ZeroKSync.Cryptography;

namespace ZeroKSync.Session;

/// <summary>What both sides must see alike before a handshake starts. It binds the session to the TLS connection below it.</summary>
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
}
