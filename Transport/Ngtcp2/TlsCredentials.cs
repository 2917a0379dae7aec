using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>What the TLS sessions of one endpoint share: cipher choice, ALPN, and a listener's certificate. Freed with the endpoint's loop.</summary>
internal sealed unsafe class TlsCredentials : IDisposable
{
    // TLS 1.3 only; the group list is classical because the hybrid lies in the session layer, where no library's age decides.
    private const string Priority =
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:%DISABLE_TLS13_COMPAT_MODE";

    // GnuTLS takes its first ticket key from these and makes new ones from it as time goes by.
    private const int TicketKeyBytes = 64;
    private static readonly byte[] TicketLabel = "zks tls tickets"u8.ToArray();

    private readonly bool _isServer;
    private readonly int _alpnLength;
    private byte* _alpn;
    private void* _credentials;
    private void* _priority;
    private byte* _ticketKey;

    /// <param name="certificate">A listener's, with its key; null for a client.</param>
    /// <param name="secret">A listener's: tickets outlive its process if this does.</param>
    public TlsCredentials(string alpn, X509Certificate2? certificate, ReadOnlySpan<byte> secret = default)
    {
        _isServer = certificate is not null;
        _alpn = (byte*)Marshal.StringToCoTaskMemUTF8(alpn);
        _alpnLength = Encoding.UTF8.GetByteCount(alpn);
        try
        {
            void* credentials;
            Check(GnuTls.gnutls_certificate_allocate_credentials(&credentials));
            _credentials = credentials;
            void* priority;
            fixed (byte* text = Encoding.ASCII.GetBytes(Priority + '\0'))
                Check(GnuTls.gnutls_priority_init(&priority, text, null));

            _priority = priority;
            if (certificate is not null)
            {
                UseCertificate(certificate);
                MakeTicketKey(certificate, secret);
            }
        }
        catch (TransportException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A session bound to a connection. The caller frees it.</summary>
    /// <param name="reference">How the helper finds the connection; it has to live as long as the session.</param>
    /// <param name="verify">A client's judge of the certificate: without one GnuTLS accepts any.</param>
    public void* CreateSession(ConnectionReferenceStruct* reference, nint verify)
    {
        void* session;
        Check(GnuTls.gnutls_init(&session, GnuTls.FlagNoEndOfEarlyData | (_isServer ? GnuTls.FlagServer | GnuTls.FlagNoAutomaticTicket : GnuTls.FlagClient)));
        DatumStruct alpn = new() { Data = _alpn, Size = (uint)_alpnLength };
        bool isReady = GnuTls.gnutls_priority_set(session, _priority) >= 0
            && (_isServer ? CryptoNative.ngtcp2_crypto_gnutls_configure_server_session(session) : CryptoNative.ngtcp2_crypto_gnutls_configure_client_session(session)) == 0
            && GnuTls.gnutls_credentials_set(session, GnuTls.CredentialsCertificate, _credentials) >= 0
            && GnuTls.gnutls_alpn_set_protocols(session, &alpn, 1, GnuTls.AlpnMandatory | (_isServer ? GnuTls.AlpnServerPrecedence : 0)) >= 0;
        if (!isReady)
        {
            GnuTls.gnutls_deinit(session);
            throw new TransportException(TransportErrorKind.EngineUnavailable, "GnuTLS does not offer what QUIC needs.");
        }

        GnuTls.gnutls_session_set_ptr(session, reference);
        if (_isServer)
        {
            DatumStruct key = new() { Data = _ticketKey, Size = TicketKeyBytes };
            _ = GnuTls.gnutls_session_ticket_enable_server(session, &key);
            return session;
        }

        GnuTls.gnutls_session_set_verify_function(session, verify);
        return session;
    }

    public void Dispose()
    {
        if (_priority is not null)
            GnuTls.gnutls_priority_deinit(_priority);

        if (_credentials is not null)
            GnuTls.gnutls_certificate_free_credentials(_credentials);

        Marshal.FreeCoTaskMem((nint)_alpn);
        if (_ticketKey is not null)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_ticketKey, TicketKeyBytes));
            NativeMemory.Free(_ticketKey);
        }

        _ticketKey = null;
        _priority = null;
        _credentials = null;
        _alpn = null;
    }

    // Bound to the certificate: a client that resumes takes it for the one it knows, so a listener with another must not accept the ticket.
    private void MakeTicketKey(X509Certificate2 certificate, ReadOnlySpan<byte> secret)
    {
        _ticketKey = (byte*)NativeMemory.Alloc(TicketKeyBytes);
        byte[] info = [.. TicketLabel, .. SelfSignedCertificate.Hash(certificate)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, new Span<byte>(_ticketKey, TicketKeyBytes), default, info);
    }

    private void UseCertificate(X509Certificate2 certificate)
    {
        byte[] leaf = certificate.RawData;
        byte[] key = ExportKey(certificate);
        fixed (byte* leafData = leaf, keyData = key)
        {
            DatumStruct leafDatum = new() { Data = leafData, Size = (uint)leaf.Length };
            DatumStruct keyDatum = new() { Data = keyData, Size = (uint)key.Length };
            int result = GnuTls.gnutls_certificate_set_x509_key_mem(_credentials, &leafDatum, &keyDatum, GnuTls.FormatDer);
            CryptographicOperations.ZeroMemory(key);
            Check(result);
        }
    }

    private static byte[] ExportKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key?.ExportPkcs8PrivateKey() ?? throw new TransportException(TransportErrorKind.EngineUnavailable, "The certificate's key is neither ECDSA nor RSA.");
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new TransportException(TransportErrorKind.EngineUnavailable, $"GnuTLS refused its set-up with code {result}.");
    }
}
