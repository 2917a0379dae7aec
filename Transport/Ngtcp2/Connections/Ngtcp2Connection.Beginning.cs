using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Admission;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Resumption;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>How a connection begins, at either end. On the loop's thread alone.</summary>
internal sealed unsafe partial class Ngtcp2Connection
{
    private const int FirstIdBytes = 16;
    private const int TokenTypeRetry = 1;
    private const int TokenTypeEarlier = 2;

    /// <summary>Begins a server's side with a client's first packet. False leaves nothing behind.</summary>
    public bool TryAccept(PacketHeaderStruct* header, ConnectionIdStruct* originalId, AddressProof proof, PathStruct* path)
    {
        SettingsStruct settings;
        TransportParametersStruct parameters;
        ConnectionSettings.Fill(Options, _loop.Options.DatagramBytesMax, &settings, &parameters);
        if (proof != AddressProof.None)
        {
            settings.Token = header->Token;
            settings.TokenLength = header->TokenLength;
            settings.TokenType = proof == AddressProof.Retry ? TokenTypeRetry : TokenTypeEarlier;
        }

        if (proof == AddressProof.Retry)
        {
            parameters.RetrySourceId = header->DestinationId;
            parameters.RetrySourceIdPresent = 1;
        }

        parameters.OriginalDestinationId = *originalId;
        parameters.OriginalDestinationIdPresent = 1;
        ConnectionIdStruct own = _loop.NewId();
        parameters.StatelessResetTokenPresent = 1;
        if (!StatelessReset.TryGenerate(_loop, &own, parameters.StatelessResetToken))
            return false;

        _self = GCHandle.Alloc(this);
        OpenQlog(originalId, &settings);
        void* connection;
        int result = Native.ngtcp2_conn_server_new_versioned(
            &connection, &header->SourceId, &own, path, header->Version, Native.CallbacksVersion, ConnectionCallbacks.Server, Native.SettingsVersion, &settings, Native.ParametersVersion, &parameters, null, (void*)GCHandle.ToIntPtr(_self));
        if (result != 0)
            return false;

        Own(connection, &own, remembered: null);
        Map(ConnectionIdKey.Of(&header->DestinationId));
        return true;
    }

    /// <summary>Begins a client's side.</summary>
    public void Connect()
    {
        SettingsStruct settings;
        TransportParametersStruct parameters;
        ConnectionSettings.Fill(Options, _loop.Options.DatagramBytesMax, &settings, &parameters);
        ConnectionIdStruct destination = new() { Length = FirstIdBytes };
        RandomNumberGenerator.Fill(new Span<byte>(destination.Data, FirstIdBytes));
        ConnectionIdStruct own = _loop.NewId();
        NativeAddress remote = NativeAddress.Of(RemoteEndPoint);
        PathStruct path = new() { Local = _loop.Socket.Local, Remote = new AddressStruct { Address = &remote.Bytes, Length = remote.Length } };
        _self = GCHandle.Alloc(this);
        _loop.Add(this);
        OpenQlog(&destination, &settings);
        RememberedListener? remembered = Resumptions?.Take(ListenerKey);
        void* connection;
        int result;
        fixed (byte* token = remembered?.Token)
        {
            // The engine keeps a copy.
            settings.Token = token;
            settings.TokenLength = (nuint)(remembered?.Token?.Length ?? 0);
            settings.TokenType = token is null ? 0 : TokenTypeEarlier;
            result = Native.ngtcp2_conn_client_new_versioned(
                &connection, &destination, &own, &path, Native.QuicVersion1, Native.CallbacksVersion, ConnectionCallbacks.Client, Native.SettingsVersion, &settings, Native.ParametersVersion, &parameters, null, (void*)GCHandle.ToIntPtr(_self));
        }

        if (result != 0)
        {
            Finish(new TransportCloseReason(TransportErrorKind.HandshakeFailed, null, NativeError.Describe(result), IsPeer: false));
            Forget();
            return;
        }

        Own(connection, &own, remembered);
        _loop.MarkDirty(this);
    }

    private void Own(void* connection, ConnectionIdStruct* own, RememberedListener? remembered)
    {
        _connection = connection;
        _reference = (ConnectionReferenceStruct*)NativeMemory.AllocZeroed((nuint)sizeof(ConnectionReferenceStruct));
        _reference->GetConnection = ConnectionCallbacks.GetConnection;
        _reference->UserData = (void*)GCHandle.ToIntPtr(_self);
        _session = _loop.Credentials.CreateSession(_reference, ConnectionCallbacks.Verify);
        if (!IsServer)
            Resume(remembered);

        Native.ngtcp2_conn_set_tls_native_handle(connection, _session);
        if (Options.KeepAliveInterval > TimeSpan.Zero)
            Native.ngtcp2_conn_set_keep_alive_timeout(connection, (ulong)Options.KeepAliveInterval.TotalNanoseconds);

        Map(ConnectionIdKey.Of(own));
    }

    // A resumed handshake shows no certificate: the one its ticket was made under stands for it.
    private void Resume(RememberedListener? remembered)
    {
        if (Resumptions is not null)
            GnuTls.gnutls_handshake_set_hook_function(_session, GnuTls.MessageNewTicket, GnuTls.AfterMessage, ConnectionCallbacks.Ticket);

        if (remembered?.Session is not { } session)
            return;

        fixed (byte* data = session)
        {
            if (GnuTls.gnutls_session_set_data(_session, data, (nuint)session.Length) >= 0)
                Hash = remembered.CertificateHash;
        }

        ResumptionStore.Wipe(remembered);
    }

    private void OpenQlog(ConnectionIdStruct* originalId, SettingsStruct* settings)
    {
        if (_loop.Qlogs is not { } qlogs)
            return;

        string id = Convert.ToHexStringLower(new ReadOnlySpan<byte>(originalId->Data, (int)originalId->Length));
        _qlog = qlogs.TryOpen($"{id}-{(IsServer ? "server" : "client")}");
        if (_qlog is not null)
            settings->QlogWrite = ConnectionCallbacks.Qlog;
    }
}
