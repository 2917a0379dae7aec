using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary>The functions of GnuTLS (3.7 or later) that a QUIC handshake needs.</summary>
internal static unsafe partial class GnuTls
{
    public const uint FlagServer = 1;
    public const uint FlagClient = 2;
    public const uint FlagNoAutomaticTicket = 1 << 21;
    public const uint FlagNoEndOfEarlyData = 1 << 22;
    public const int CredentialsCertificate = 1;
    public const int FormatDer = 0;
    public const uint AlpnMandatory = 1;
    public const uint AlpnServerPrecedence = 2;

    /// <summary>GNUTLS_E_CERTIFICATE_ERROR: what a verify function returns to refuse.</summary>
    public const int CertificateError = -43;

    /// <summary>GNUTLS_HANDSHAKE_NEW_SESSION_TICKET.</summary>
    public const uint MessageNewTicket = 4;

    /// <summary>GNUTLS_HOOK_POST.</summary>
    public const int AfterMessage = 1;

    internal const string Library = "libgnutls.so.30";

    [LibraryImport(Library)]
    public static partial int gnutls_init(void** session, uint flags);

    [LibraryImport(Library)]
    public static partial void gnutls_deinit(void* session);

    [LibraryImport(Library)]
    public static partial int gnutls_priority_init(void** priority, byte* text, byte** errorPosition);

    [LibraryImport(Library)]
    public static partial void gnutls_priority_deinit(void* priority);

    [LibraryImport(Library)]
    public static partial int gnutls_priority_set(void* session, void* priority);

    [LibraryImport(Library)]
    public static partial void gnutls_session_set_ptr(void* session, void* pointer);

    [LibraryImport(Library)]
    public static partial void* gnutls_session_get_ptr(void* session);

    [LibraryImport(Library)]
    public static partial int gnutls_certificate_allocate_credentials(void** credentials);

    [LibraryImport(Library)]
    public static partial void gnutls_certificate_free_credentials(void* credentials);

    [LibraryImport(Library)]
    public static partial int gnutls_certificate_set_x509_key_mem(void* credentials, DatumStruct* certificate, DatumStruct* key, int format);

    [LibraryImport(Library)]
    public static partial int gnutls_credentials_set(void* session, int type, void* credentials);

    [LibraryImport(Library)]
    public static partial int gnutls_alpn_set_protocols(void* session, DatumStruct* protocols, uint count, uint flags);

    [LibraryImport(Library)]
    public static partial void gnutls_session_set_verify_function(void* session, nint function);

    [LibraryImport(Library)]
    public static partial DatumStruct* gnutls_certificate_get_peers(void* session, uint* count);

    [LibraryImport(Library)]
    public static partial int gnutls_session_ticket_enable_server(void* session, DatumStruct* key);

    [LibraryImport(Library)]
    public static partial int gnutls_session_ticket_send(void* session, uint count, uint flags);

    [LibraryImport(Library)]
    public static partial void gnutls_handshake_set_hook_function(void* session, uint message, int when, nint function);

    [LibraryImport(Library)]
    public static partial int gnutls_session_get_data2(void* session, DatumStruct* data);

    [LibraryImport(Library)]
    public static partial int gnutls_session_set_data(void* session, byte* data, nuint length);

    [LibraryImport(Library)]
    public static partial int gnutls_session_is_resumed(void* session);
}
