using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// Every way from native code into managed code. No exception may leave one: it becomes a failed callback, which ends the connection.
/// Packet protection goes from the engine straight to its helper, by the helper's own addresses.
/// </summary>
internal static unsafe class ConnectionCallbacks
{
    private const uint DataFlagEnd = 1;
    private const int ResetTokenBytes = 16;

    public static readonly CallbacksStruct* Client = Make(isServer: false);
    public static readonly CallbacksStruct* Server = Make(isServer: true);

    public static readonly nint GetConnection = (nint)(delegate* unmanaged[Cdecl]<ConnectionReferenceStruct*, void*>)&OnGetConnection;
    public static readonly nint Verify = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&OnVerify;

    public static readonly nint Ticket = (nint)(delegate* unmanaged[Cdecl]<void*, uint, uint, uint, DatumStruct*, int>)&OnTicket;
    public static readonly nint Qlog = (nint)(delegate* unmanaged[Cdecl]<void*, uint, void*, nuint, void>)&OnQlog;

    // For the life of the process: connections copy it, and there are two.
    private static CallbacksStruct* Make(bool isServer)
    {
        var callbacks = (CallbacksStruct*)NativeMemory.AllocZeroed((nuint)sizeof(CallbacksStruct));
        callbacks->ClientInitial = isServer ? 0 : Helper("ngtcp2_crypto_client_initial_cb");
        callbacks->RecvClientInitial = isServer ? Helper("ngtcp2_crypto_recv_client_initial_cb") : 0;
        callbacks->RecvRetry = isServer ? 0 : Helper("ngtcp2_crypto_recv_retry_cb");
        callbacks->RecvCryptoData = Helper("ngtcp2_crypto_recv_crypto_data_cb");
        callbacks->Encrypt = Helper("ngtcp2_crypto_encrypt_cb");
        callbacks->Decrypt = Helper("ngtcp2_crypto_decrypt_cb");
        callbacks->HpMask = Helper("ngtcp2_crypto_hp_mask_cb");
        callbacks->UpdateKey = Helper("ngtcp2_crypto_update_key_cb");
        callbacks->DeleteCryptoAeadCtx = Helper("ngtcp2_crypto_delete_crypto_aead_ctx_cb");
        callbacks->DeleteCryptoCipherCtx = Helper("ngtcp2_crypto_delete_crypto_cipher_ctx_cb");
        callbacks->GetPathChallengeData = Helper("ngtcp2_crypto_get_path_challenge_data_cb");
        callbacks->VersionNegotiation = Helper("ngtcp2_crypto_version_negotiation_cb");
        callbacks->Rand = (nint)(delegate* unmanaged[Cdecl]<byte*, nuint, void*, void>)&OnRandom;
        callbacks->GetNewConnectionId = (nint)(delegate* unmanaged[Cdecl]<void*, ConnectionIdStruct*, byte*, nuint, void*, int>)&OnNewId;
        callbacks->RemoveConnectionId = (nint)(delegate* unmanaged[Cdecl]<void*, ConnectionIdStruct*, void*, int>)&OnIdRetired;
        callbacks->DcidStatus = (nint)(delegate* unmanaged[Cdecl]<void*, int, ulong, ConnectionIdStruct*, byte*, void*, int>)&OnPeerId;
        callbacks->RecvStatelessReset = (nint)(delegate* unmanaged[Cdecl]<void*, void*, void*, int>)&OnStatelessReset;
        callbacks->HandshakeCompleted = (nint)(delegate* unmanaged[Cdecl]<void*, void*, int>)&OnHandshakeCompleted;
        callbacks->StreamOpen = (nint)(delegate* unmanaged[Cdecl]<void*, long, void*, int>)&OnStreamOpened;
        callbacks->RecvStreamData = (nint)(delegate* unmanaged[Cdecl]<void*, uint, long, ulong, byte*, nuint, void*, void*, int>)&OnData;
        callbacks->AckedStreamDataOffset = (nint)(delegate* unmanaged[Cdecl]<void*, long, ulong, ulong, void*, void*, int>)&OnAcknowledged;
        callbacks->StreamReset = (nint)(delegate* unmanaged[Cdecl]<void*, long, ulong, ulong, void*, void*, int>)&OnReset;
        callbacks->StreamClose = (nint)(delegate* unmanaged[Cdecl]<void*, uint, long, ulong, void*, void*, int>)&OnStreamClosed;
        callbacks->ExtendMaxLocalStreamsBidi = (nint)(delegate* unmanaged[Cdecl]<void*, ulong, void*, int>)&OnBidirectionalLimitRaised;
        callbacks->ExtendMaxLocalStreamsUni = (nint)(delegate* unmanaged[Cdecl]<void*, ulong, void*, int>)&OnUnidirectionalLimitRaised;
        callbacks->ExtendMaxStreamData = (nint)(delegate* unmanaged[Cdecl]<void*, long, ulong, void*, void*, int>)&OnStreamWindowRaised;
        callbacks->RecvNewToken = (nint)(delegate* unmanaged[Cdecl]<void*, byte*, nuint, void*, int>)&OnNewToken;
        return callbacks;
    }

    private static nint Helper(string name) => NativeLibrary.GetExport(Ngtcp2Library.Crypto, name);

    private static Ngtcp2Connection Of(void* userData) => Unsafe.As<Ngtcp2Connection>(GCHandle.FromIntPtr((nint)userData).Target!);

    // The argument is passed on rather than captured: these run for every stream.
    private static int Guard<T>(void* userData, T argument, Action<Ngtcp2Connection, T> body)
    {
        try
        {
            body(Of(userData), argument);
            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return NativeError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* OnGetConnection(ConnectionReferenceStruct* reference) => Of(reference->UserData).NativeHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRandom(byte* destination, nuint length, void* context) => RandomNumberGenerator.Fill(new Span<byte>(destination, (int)length));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnNewId(void* connection, ConnectionIdStruct* id, byte* token, nuint length, void* userData)
    {
        try
        {
            return Of(userData).OnNewId(id, token, (int)length) ? 0 : NativeError.CallbackFailure;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return NativeError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnIdRetired(void* connection, ConnectionIdStruct* id, void* userData)
    {
        Of(userData).OnIdRetired(id);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnPeerId(void* connection, int type, ulong sequence, ConnectionIdStruct* id, byte* token, void* userData)
    {
        if (token is not null)
            Of(userData).OnResetToken(new ReadOnlySpan<byte>(token, ResetTokenBytes), isActive: type == 0);

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStatelessReset(void* connection, void* reset, void* userData)
    {
        Of(userData).IsResetByPeer = true;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnHandshakeCompleted(void* connection, void* userData) => Guard(userData, 0, static (of, _) => of.OnHandshakeCompleted());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStreamOpened(void* connection, long id, void* userData) => Guard(userData, id, static (of, stream) => of.OnStreamOpened(stream));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnData(void* connection, uint flags, long id, ulong offset, byte* data, nuint length, void* userData, void* streamData)
    {
        try
        {
            Of(userData).OnData(id, new ReadOnlySpan<byte>(data, (int)length), (flags & DataFlagEnd) != 0);
            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return NativeError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnAcknowledged(void* connection, long id, ulong offset, ulong length, void* userData, void* streamData)
    {
        try
        {
            Of(userData).OnAcknowledged(id, offset + length);
            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return NativeError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnReset(void* connection, long id, ulong finalSize, ulong code, void* userData, void* streamData) => Guard(userData, (id, code), static (of, reset) => of.OnReset(reset.id, reset.code));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStreamClosed(void* connection, uint flags, long id, ulong code, void* userData, void* streamData) => Guard(userData, id, static (of, stream) => of.OnStreamClosed(stream));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnBidirectionalLimitRaised(void* connection, ulong total, void* userData) =>
        Guard(userData, total, static (of, limit) => of.OnStreamLimitRaised(StreamDirection.Bidirectional, limit));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnUnidirectionalLimitRaised(void* connection, ulong total, void* userData) =>
        Guard(userData, total, static (of, limit) => of.OnStreamLimitRaised(StreamDirection.Unidirectional, limit));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStreamWindowRaised(void* connection, long id, ulong limit, void* userData, void* streamData) => Guard(userData, id, static (of, stream) => of.OnStreamWindowRaised(stream));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnVerify(void* session)
    {
        try
        {
            uint count;
            DatumStruct* certificates = GnuTls.gnutls_certificate_get_peers(session, &count);
            var reference = (ConnectionReferenceStruct*)GnuTls.gnutls_session_get_ptr(session);
            return certificates is not null && count > 0 && Of(reference->UserData).OnCertificate(new ReadOnlySpan<byte>(certificates->Data, (int)certificates->Size))
                ? 0
                : GnuTls.CertificateError;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return GnuTls.CertificateError;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnNewToken(void* connection, byte* token, nuint length, void* userData)
    {
        try
        {
            Of(userData).OnToken(new ReadOnlySpan<byte>(token, (int)length));
            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return NativeError.CallbackFailure;
        }
    }

    // A ticket that cannot be kept is only a longer handshake later.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTicket(void* session, uint type, uint when, uint isIncoming, DatumStruct* message)
    {
        try
        {
            Of(((ConnectionReferenceStruct*)GnuTls.gnutls_session_get_ptr(session))->UserData).OnTicket();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return 0;
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnQlog(void* userData, uint flags, void* data, nuint length) => Of(userData).OnQlog(new ReadOnlySpan<byte>(data, (int)length));
}
