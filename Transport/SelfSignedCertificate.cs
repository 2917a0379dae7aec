using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport;

/// <summary>
/// The certificate of a relay that needs no authority: ECDSA P-256, self-signed. Trust comes from the session layer, so its name and
/// dates only have to satisfy TLS. A relay keeps it over restarts, so that pins stay valid.
/// </summary>
public static class SelfSignedCertificate
{
    private const string Subject = "CN=zks";
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    /// <summary>Far enough that no relay stops by its date: pins and the session layer revoke, dates do not.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(20 * 365);

    public static X509Certificate2 Create(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        var now = timeProvider.GetUtcNow();
        return request.CreateSelfSigned(now - ClockTolerance, now + Lifetime);
    }

    /// <summary>SHA-256 of the DER leaf, the 32 bytes a pin and the session prologue hold.</summary>
    public static byte[] Hash(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return SHA256.HashData(certificate.RawDataMemory.Span);
    }

    /// <summary>PKCS#12 with the private key and no password: the file's permissions protect it. Wipe the array after use.</summary>
    public static byte[] Export(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.Export(X509ContentType.Pkcs12);
    }

    /// <exception cref="CryptographicException">Not a PKCS#12 file with a certificate and its key.</exception>
    public static X509Certificate2 Load(ReadOnlySpan<byte> pkcs12)
    {
        var certificate = X509CertificateLoader.LoadPkcs12(pkcs12, password: null, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
        if (certificate.HasPrivateKey)
            return certificate;

        certificate.Dispose();
        throw new CryptographicException("The PKCS#12 file holds no private key.");
    }

    /// <summary>From operator-supplied PEM: the leaf certificate first, then its unencrypted private key.</summary>
    /// <exception cref="CryptographicException">The texts are not PEM, or do not belong together.</exception>
    public static X509Certificate2 LoadPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> keyPem) =>
        X509Certificate2.CreateFromPem(certificatePem, keyPem);
}
