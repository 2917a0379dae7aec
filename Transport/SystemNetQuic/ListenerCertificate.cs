using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>The listener's certificate as the machine's TLS can use it.</summary>
internal sealed class ListenerCertificate : IDisposable
{
    private readonly X509Certificate2? _own;

    private ListenerCertificate(X509Certificate2 given, X509Certificate2? own)
    {
        _own = own;
        Value = own ?? given;
    }

    public X509Certificate2 Value { get; }

    /// <summary>
    /// Windows' TLS runs in another process and cannot use a key that lives in this one's memory only, which is what a fresh or loaded
    /// certificate has: there it becomes a named key of this user, removed when this is disposed.
    /// </summary>
    public static ListenerCertificate For(X509Certificate2 given) => new(given, OperatingSystem.IsWindows() ? Named(given) : null);

    public void Dispose() => _own?.Dispose();

    /// <returns>Null where the key does not leave its store: then it is not one of this process's memory.</returns>
    internal static X509Certificate2? Named(X509Certificate2 given)
    {
        byte[] pkcs12;
        try
        {
            pkcs12 = given.Export(X509ContentType.Pkcs12);
        }
        catch (CryptographicException)
        {
            return null;
        }

        try
        {
            return X509CertificateLoader.LoadPkcs12(pkcs12, password: null, X509KeyStorageFlags.UserKeySet);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs12);
        }
    }
}
