using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary>The functions of ngtcp2's GnuTLS helper. Packet protection itself never enters managed code.</summary>
internal static unsafe partial class CryptoNative
{
    internal const string Library = "libngtcp2_crypto_gnutls.so.8";

    [LibraryImport(Library)]
    public static partial int ngtcp2_crypto_gnutls_configure_server_session(void* s);

    [LibraryImport(Library)]
    public static partial int ngtcp2_crypto_gnutls_configure_client_session(void* s);

    [LibraryImport(Library)]
    public static partial int ngtcp2_crypto_generate_stateless_reset_token(byte* tok, byte* sec, nuint sl, ConnectionIdStruct* cid);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_crypto_generate_retry_token2(byte* tok, byte* sec, nuint sl, uint ver, void* addr, uint al, ConnectionIdStruct* rscid, ConnectionIdStruct* odcid, ulong ts);

    [LibraryImport(Library)]
    public static partial int ngtcp2_crypto_verify_retry_token2(ConnectionIdStruct* odcid, byte* tok, nuint tl, byte* sec, nuint sl, uint ver, void* addr, uint al, ConnectionIdStruct* dcid, ulong timeout, ulong ts);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_crypto_generate_regular_token(byte* tok, byte* sec, nuint sl, void* addr, uint al, ulong ts);

    [LibraryImport(Library)]
    public static partial int ngtcp2_crypto_verify_regular_token(byte* tok, nuint tl, byte* sec, nuint sl, void* addr, uint al, ulong timeout, ulong ts);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_crypto_write_retry(byte* dest, nuint dl, uint ver, ConnectionIdStruct* dcid, ConnectionIdStruct* scid, ConnectionIdStruct* odcid, byte* tok, nuint tl);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_crypto_write_connection_close(byte* dest, nuint dl, uint ver, ConnectionIdStruct* dcid, ConnectionIdStruct* scid, ulong code, byte* reason, nuint rl);
}
