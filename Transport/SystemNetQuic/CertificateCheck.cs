using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// A client's word on the listener's certificate: any, or the pinned one. Identity is proven by the session layer, which binds the hash; a pin
/// is one more lock on the door.
/// </summary>
internal sealed class CertificateCheck(ReadOnlyMemory<byte> pin)
{
    /// <summary>SHA-256 of the DER leaf, once it was shown.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>What was shown is not the pinned one.</summary>
    public bool IsRefused { get; private set; }

    public bool IsAcceptable(X509Certificate? certificate)
    {
        if (certificate is null)
            return false;

        Hash = SHA256.HashData(certificate.GetRawCertData());
        IsRefused = !pin.IsEmpty && !CryptographicOperations.FixedTimeEquals(Hash, pin.Span);
        return !IsRefused;
    }
}
