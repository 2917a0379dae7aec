using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Admission;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>What the engine reports. Called from inside the engine: nothing here may call back into reading, writing or freeing.</summary>
internal sealed unsafe partial class Ngtcp2Connection
{
    private const int TokenBytesMax = 1024;

    private readonly List<PendingRead> _answered = [];
    private readonly List<Ngtcp2Stream> _arrived = [];

    internal void* NativeHandle => _connection;

    internal void OnHandshakeCompleted()
    {
        _phase = ConnectionPhase.Open;
        lock (Gate)
        {
            _bidirectional.Allow((long)Native.ngtcp2_conn_get_streams_bidi_left(_connection));
            _unidirectional.Allow((long)Native.ngtcp2_conn_get_streams_uni_left(_connection));
        }

        Post();

        IsResumed = GnuTls.gnutls_session_is_resumed(_session) != 0;
        _handshake.TrySetResult();
        if (!IsServer)
            return;

        _ = GnuTls.gnutls_session_ticket_send(_session, 1, 0);
        AddressTokens.Submit(_loop.Secret, _connection);
        _loop.Newcomers?.Handshaken(this);
    }

    internal void OnTicket()
    {
        DatumStruct data;
        if (Resumptions is null || GnuTls.gnutls_session_get_data2(_session, &data) != 0)
            return;

        Resumptions.KeepSession(ListenerKey, new ReadOnlySpan<byte>(data.Data, (int)data.Size).ToArray(), Hash.ToArray());
        CryptographicOperations.ZeroMemory(new Span<byte>(data.Data, (int)data.Size));
        // GnuTLS takes memory with malloc.
        NativeMemory.Free(data.Data);
    }

    internal void OnToken(ReadOnlySpan<byte> token)
    {
        if (token.Length <= TokenBytesMax)
            Resumptions?.KeepToken(ListenerKey, token.ToArray());
    }

    internal void OnQlog(ReadOnlySpan<byte> bytes) => _qlog?.Write(bytes);

    /// <summary>Whoever was answered hears of it when no lock is held: after the packet where nothing more fits or follows, with the next flush otherwise.</summary>
    internal void CompleteLater(PendingRead read) => _answered.Add(read);

    private void CompleteAnswered()
    {
        foreach (PendingRead read in _answered)
            read.Complete();

        _answered.Clear();
    }

    private void CompleteWhole()
    {
        for (int i = _answered.Count - 1; i >= 0; i--)
        {
            PendingRead read = _answered[i];
            if (!read.IsWhole)
                continue;

            _answered.RemoveAt(i);
            read.Complete();
        }
    }

    // Once for a packet: it may have opened many.
    private void OfferArrived()
    {
        if (_arrived.Count == 0)
            return;

        TaskCompletionSource? accepting;
        lock (Gate)
        {
            foreach (Ngtcp2Stream stream in _arrived)
                _toAccept.Enqueue(stream);

            accepting = _acceptable.Release();
        }

        _arrived.Clear();
        accepting?.SetResult();
    }

    internal void OnStreamOpened(long id)
    {
        var stream = new Ngtcp2Stream(this, id, isLocal: false);
        _streams.Add(id, stream);
        _arrived.Add(stream);
    }

    internal void OnData(long id, ReadOnlySpan<byte> data, bool isEnd)
    {
        if (!_streams.TryGetValue(id, out Ngtcp2Stream? stream))
            return;

        Volatile.Write(ref _bytesReceived, _bytesReceived + data.Length);
        stream.Receive(data, isEnd);
    }

    // A close that waits for this is looked at with the next flush, which follows every packet read.
    internal void OnAcknowledged(long id, ulong upTo)
    {
        if (!_streams.TryGetValue(id, out Ngtcp2Stream? stream))
            return;

        int freed = stream.Acknowledged(upTo);
        _bytesAcknowledged += freed;
        GiveRoomBack(freed);
    }

    internal void OnReset(long id, ulong code)
    {
        if (_streams.TryGetValue(id, out Ngtcp2Stream? stream))
            stream.ResetByPeer((long)code);
    }

    internal void OnStreamClosed(long id)
    {
        if (!_streams.Remove(id, out Ngtcp2Stream? stream))
            return;

        GiveRoomBack(stream.Closed());
        GiveSlotBack(stream);
    }

    internal void OnStreamLimitRaised(StreamDirection direction, ulong total)
    {
        lock (Gate)
        {
            OutboundStreams outbound = Outbound(direction);
            outbound.Allow((long)total);
            while (outbound.TryServe(out WaitingOpen open, out long number))
                open.Completion.TrySetResult(Open(direction, number));
        }
    }

    internal void OnStreamWindowRaised(long id)
    {
        if (!_streams.TryGetValue(id, out Ngtcp2Stream? stream) || !stream.IsBlocked)
            return;

        stream.IsBlocked = false;
        _blockedStreams.Remove(stream);
        Queue(stream);
    }

    internal bool OnNewId(ConnectionIdStruct* id, byte* token, int length)
    {
        id->Length = (nuint)length;
        _loop.FillId(new Span<byte>(id->Data, length));
        if (!StatelessReset.TryGenerate(_loop, id, token))
            return false;

        Map(ConnectionIdKey.Of(id));
        return true;
    }

    internal void OnIdRetired(ConnectionIdStruct* id)
    {
        ConnectionIdKey key = ConnectionIdKey.Of(id);
        _ids.Remove(key);
        _loop.Unmap(key, this);
    }

    internal void OnResetToken(ReadOnlySpan<byte> token, bool isActive)
    {
        UInt128 key = StatelessReset.Token(token);
        if (isActive)
        {
            _resetTokens.Add(key);
            _loop.MapResetToken(key, this);
        }
        else
        {
            _resetTokens.Remove(key);
            _loop.UnmapResetToken(key);
        }
    }

    /// <summary>Takes the listener's certificate: a client trusts whoever has the pinned one, or anybody, because the session proves identity.</summary>
    internal bool OnCertificate(ReadOnlySpan<byte> leaf)
    {
        byte[] hash = SHA256.HashData(leaf);
        Hash = hash;
        IsCertificateRefused = !Pin.IsEmpty && !CryptographicOperations.FixedTimeEquals(hash, Pin.Span);
        return !IsCertificateRefused;
    }
}
