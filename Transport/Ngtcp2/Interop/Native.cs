using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary>The functions of libngtcp2 (1.11 or later) the engine uses, under their own names. The versioned ones are what a C program calls too.</summary>
internal static unsafe partial class Native
{
    internal const string Library = "libngtcp2.so.16";

    public const int CallbacksVersion = 1;
    public const int SettingsVersion = 2;
    public const int ParametersVersion = 1;
    public const int PacketInfoVersion = 1;
    public const int ConnectionInfoVersion = 1;
    public const uint QuicVersion1 = 1;
    public const uint WriteMore = 1;
    public const uint WriteEnd = 2;
    public const int CloseTypeApplication = 1;

    [LibraryImport(Library)]
    public static partial LibraryInfoStruct* ngtcp2_version(int least);

    [LibraryImport(Library)]
    public static partial byte* ngtcp2_strerror(int e);

    [LibraryImport(Library)]
    public static partial void ngtcp2_settings_default_versioned(int v, SettingsStruct* s);

    [LibraryImport(Library)]
    public static partial void ngtcp2_transport_params_default_versioned(int v, TransportParametersStruct* s);

    [LibraryImport(Library)]
    public static partial int ngtcp2_pkt_decode_version_cid(VersionedIdsStruct* d, byte* data, nuint len, nuint shortlen);

    [LibraryImport(Library)]
    public static partial int ngtcp2_accept(PacketHeaderStruct* d, byte* data, nuint len);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_pkt_write_version_negotiation(byte* dest, nuint len, byte rnd, byte* dcid, nuint dl, byte* scid, nuint sl, uint* sv, nuint nsv);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_pkt_write_stateless_reset(byte* dest, nuint len, byte* token, byte* rand, nuint randlen);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_client_new_versioned(void** c, ConnectionIdStruct* dcid, ConnectionIdStruct* scid, PathStruct* p, uint ver, int cv, CallbacksStruct* cb, int sv, SettingsStruct* s, int tv, TransportParametersStruct* t, void* mem, void* ud);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_server_new_versioned(void** c, ConnectionIdStruct* dcid, ConnectionIdStruct* scid, PathStruct* p, uint ver, int cv, CallbacksStruct* cb, int sv, SettingsStruct* s, int tv, TransportParametersStruct* t, void* mem, void* ud);

    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_del(void* c);

    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_set_tls_native_handle(void* c, void* tls);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_read_pkt_versioned(void* c, PathStruct* p, int piv, PacketInfoStruct* pi, byte* pkt, nuint len, ulong ts);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_conn_writev_stream_versioned(void* c, PathStruct* p, int piv, PacketInfoStruct* pi, byte* dest, nuint destlen, nint* pdatalen, uint flags, long id, VecStruct* v, nuint n, ulong ts);

    [LibraryImport(Library)]
    public static partial nint ngtcp2_conn_write_connection_close_versioned(void* c, PathStruct* p, int piv, PacketInfoStruct* pi, byte* dest, nuint destlen, CloseErrorStruct* e, ulong ts);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial ulong ngtcp2_conn_get_expiry(void* c);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_handle_expiry(void* c, ulong ts);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_update_pkt_tx_time(void* c, ulong ts);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial nuint ngtcp2_conn_get_send_quantum(void* c);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial nuint ngtcp2_conn_get_path_max_tx_udp_payload_size(void* c);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial nuint ngtcp2_conn_get_max_tx_udp_payload_size(void* c);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial ulong ngtcp2_conn_get_streams_bidi_left(void* c);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial ulong ngtcp2_conn_get_streams_uni_left(void* c);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_open_bidi_stream(void* c, long* id, void* ud);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_open_uni_stream(void* c, long* id, void* ud);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_shutdown_stream_write(void* c, uint flags, long id, ulong code);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_shutdown_stream_read(void* c, uint flags, long id, ulong code);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_extend_max_stream_offset(void* c, long id, ulong n);

    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_extend_max_offset(void* c, ulong n);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_extend_max_streams_bidi(void* c, nuint n);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_extend_max_streams_uni(void* c, nuint n);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial PathStruct* ngtcp2_conn_get_path(void* c);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_submit_new_token(void* c, byte* token, nuint length);

    [LibraryImport(Library)]
    public static partial int ngtcp2_conn_initiate_key_update(void* c, ulong ts);

    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_set_keep_alive_timeout(void* c, ulong d);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial ulong ngtcp2_conn_get_pto(void* c);

    [SuppressGCTransition]
    [LibraryImport(Library)]
    public static partial byte ngtcp2_conn_get_tls_alert(void* c);

    [LibraryImport(Library)]
    public static partial CloseErrorStruct* ngtcp2_conn_get_ccerr(void* c);

    [LibraryImport(Library)]
    public static partial void ngtcp2_ccerr_default(CloseErrorStruct* e);

    [LibraryImport(Library)]
    public static partial void ngtcp2_ccerr_set_liberr(CloseErrorStruct* e, int err, byte* reason, nuint len);

    [LibraryImport(Library)]
    public static partial void ngtcp2_ccerr_set_transport_error(CloseErrorStruct* e, ulong code, byte* reason, nuint len);

    [LibraryImport(Library)]
    public static partial void ngtcp2_ccerr_set_tls_alert(CloseErrorStruct* e, byte alert, byte* reason, nuint len);

    [LibraryImport(Library)]
    public static partial void ngtcp2_ccerr_set_application_error(CloseErrorStruct* e, ulong code, byte* reason, nuint len);

    [LibraryImport(Library)]
    public static partial void ngtcp2_conn_get_conn_info_versioned(void* c, int v, ConnectionInfoStruct* i);
}
