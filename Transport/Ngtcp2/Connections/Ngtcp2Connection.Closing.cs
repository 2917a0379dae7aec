using System.Runtime.InteropServices;
using System.Text;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>How a connection ends, and how an end is told apart.</summary>
internal sealed unsafe partial class Ngtcp2Connection
{
    private const int CloseTimeouts = 3;

    // What is left of a closed connection counts against the limits; on a slow path three timeouts would be many seconds.
    private const ulong CloseNanosecondsMax = 1_000_000_000;

    private bool IsCloseDue(ulong now, out long code, out string reason)
    {
        (code, reason) = (0, string.Empty);
        if (_closeDeadline == 0)
            return false;

        lock (Gate)
            (code, reason) = _wantedClose!.Value;

        return _phase == ConnectionPhase.Handshake || now >= _closeDeadline || (Volatile.Read(ref _buffered) == 0 && !HasUnsentEnd());
    }

    private bool HasUnsentEnd()
    {
        foreach (Ngtcp2Stream stream in _streams.Values)
        {
            if (stream.HasUnsent())
                return true;
        }

        return false;
    }

    private void SendClose(long code, string reason, ulong now)
    {
        byte[] text = Encoding.UTF8.GetBytes(reason);
        CloseErrorStruct error;
        Native.ngtcp2_ccerr_default(&error);
        fixed (byte* bytes = text)
        {
            Native.ngtcp2_ccerr_set_application_error(&error, (ulong)code, bytes, (nuint)text.Length);
            WriteClose(&error, now);
        }

        Finish(new TransportCloseReason(TransportErrorKind.ClosedLocally, code, reason, IsPeer: false));
    }

    private void Fail(int result)
    {
        ulong now = QuicLoop.Now();
        if (result is NativeError.IdleClose or NativeError.HandshakeTimeout or NativeError.Closing or NativeError.Draining)
        {
            TransportErrorKind kind = _phase == ConnectionPhase.Handshake ? TransportErrorKind.HandshakeTimeout : TransportErrorKind.IdleTimeout;
            Finish(new TransportCloseReason(kind, null, string.Empty, IsPeer: false));
            Forget();
            return;
        }

        byte alert = Native.ngtcp2_conn_get_tls_alert(_connection);
        CloseErrorStruct error;
        Native.ngtcp2_ccerr_default(&error);
        if (result == NativeError.Crypto)
            Native.ngtcp2_ccerr_set_tls_alert(&error, alert, null, 0);
        else
            Native.ngtcp2_ccerr_set_liberr(&error, result, null, 0);

        TransportErrorKind failure = IsCertificateRefused ? TransportErrorKind.CertificateRefused
            : result == NativeError.Crypto && alert == PeerCloseCode.AlertNoApplicationProtocol ? TransportErrorKind.AlpnMismatch
            : _phase == ConnectionPhase.Handshake ? TransportErrorKind.HandshakeFailed
            : TransportErrorKind.ProtocolViolation;
        string text = NativeError.Describe(result);
        WriteClose(&error, now);
        Finish(new TransportCloseReason(failure, null, text, IsPeer: false));
    }

    private void FailPath(ulong now)
    {
        CloseErrorStruct error;
        Native.ngtcp2_ccerr_default(&error);
        Native.ngtcp2_ccerr_set_transport_error(&error, PeerCloseCode.NoViablePath, null, 0);
        WriteClose(&error, now);
        Finish(new TransportCloseReason(TransportErrorKind.NoViablePath, null, string.Empty, IsPeer: false));
    }

    // The connection is freed at once: what stays is the packet, repeated to a peer that has not seen it.
    private void WriteClose(CloseErrorStruct* error, ulong now)
    {
        byte* packet = stackalloc byte[PacketBytes];
        NativePath storage = default;
        PathStruct path = NativePath.Pointing(&storage);
        PacketInfoStruct info;
        nint written = Native.ngtcp2_conn_write_connection_close_versioned(_connection, &path, Native.PacketInfoVersion, &info, packet, PacketBytes, error, now);
        ulong timeout = Math.Min(CloseTimeouts * Native.ngtcp2_conn_get_pto(_connection), CloseNanosecondsMax);
        if (written > 0)
        {
            _closePacket = new ReadOnlySpan<byte>(packet, (int)written).ToArray();
            _closePath = NativePath.Copy(&path);
            _loop.Socket.Writer.Send(_closePacket, &path);
        }

        _phase = ConnectionPhase.Closing;
        FreeNative();
        _loop.SetTimer(this, now + timeout);
    }

    // Ever more rarely (RFC 9000 section 10.2.1): at packets 1, 2, 4, 8, ...
    private void RepeatClose()
    {
        _closeAnswers++;
        if (_closePacket is null || (_closeAnswers & (_closeAnswers - 1)) != 0)
            return;

        fixed (NativePath* held = &_closePath)
        {
            PathStruct path = NativePath.Pointing(held);
            _loop.Socket.Writer.Send(_closePacket, &path);
        }
    }

    private void Drain()
    {
        TransportCloseReason reason = PeerReason();
        ulong timeout = Math.Min(CloseTimeouts * Native.ngtcp2_conn_get_pto(_connection), CloseNanosecondsMax);
        _phase = ConnectionPhase.Draining;
        FreeNative();
        _loop.SetTimer(this, QuicLoop.Now() + timeout);
        Finish(reason);
    }

    private TransportCloseReason PeerReason()
    {
        if (IsResetByPeer)
            return new TransportCloseReason(TransportErrorKind.PeerLostState, null, string.Empty, IsPeer: true);

        CloseErrorStruct* error = Native.ngtcp2_conn_get_ccerr(_connection);
        string text = error->ReasonLength > 0 ? Marshal.PtrToStringUTF8((nint)error->Reason, (int)error->ReasonLength) : string.Empty;
        if (error->Type == Native.CloseTypeApplication)
            return new TransportCloseReason(TransportErrorKind.ClosedByPeer, (long)error->Code, text, IsPeer: true);

        TransportErrorKind kind = PeerCloseCode.KindOf(error->Code, _phase == ConnectionPhase.Handshake);
        return new TransportCloseReason(kind, null, text, IsPeer: true);
    }
}
