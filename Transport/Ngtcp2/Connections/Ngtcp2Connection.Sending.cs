using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>How packets are filled: as many as the congestion window and the send quantum allow, streams in turn.</summary>
internal sealed unsafe partial class Ngtcp2Connection
{
    // In ns. The engine acknowledges after an eighth of the round trip, and on a short path that is a datagram and two wake-ups for every message,
    // though what is sent next would carry the acknowledgement. A connection that has nothing to send leaves it, and pacing, this much time. Every second packet is
    // acknowledged at once all the same, and the peer was told to allow for 25 ms (RFC 9000 sections 13.2.1 and 18.2).
    private const ulong QuietMin = 1_000_000;

    private const uint StatisticsMask = 63;

    private uint _flushes;
    private long _keysUpdatedAt;

    /// <summary>Key updates that began here.</summary>
    internal int KeyUpdates { get; private set; }

    public void Flush(ulong now)
    {
        IsDirty = false;
        CompleteAnswered();
        if (_phase >= ConnectionPhase.Closing)
            return;

        Unblock();
        ulong engineNow = EngineTime(now);
        UpdateKeys(engineNow);
        if (IsPathHole(now))
        {
            FailPath(now);
            return;
        }

        if (!WritePackets(engineNow))
            return;

        if (IsCloseDue(now, out long code, out string reason))
        {
            SendClose(code, reason, now);
            return;
        }

        ReadStatistics();
        _expiry = Native.ngtcp2_conn_get_expiry(_connection);
        ulong dueAt = IsQuiet ? Math.Max(_expiry, now + QuietMin) : _expiry;
        _loop.SetTimer(this, _closeDeadline == 0 ? dueAt : Math.Min(dueAt, _closeDeadline));
    }

    // Nothing waits for the engine's pacing or for room.
    private bool IsQuiet => _phase == ConnectionPhase.Open && _ready.Count == 0 && _blockedStreams.Count == 0;

    // What was read a moment ago is not older than that for the engine, which would acknowledge it at once.
    private ulong EngineTime(ulong now)
    {
        ulong time = _readAt != 0 && now < _readAt + QuietMin ? _readAt : now;
        _readAt = 0;
        return time;
    }

    // Refused while an update is under way or the handshake is not confirmed: then the next flush asks again.
    private void UpdateKeys(ulong now)
    {
        if (_bytesSent + _bytesReceived < _keysUpdatedAt + _loop.Options.KeyUpdateBytes || Native.ngtcp2_conn_initiate_key_update(_connection, now) != 0)
            return;

        _keysUpdatedAt = _bytesSent + _bytesReceived;
        KeyUpdates++;
    }

    // Asking after every flush would cost more than the answer is worth.
    private void ReadStatistics()
    {
        if ((_flushes++ & StatisticsMask) != 0)
            return;

        ConnectionInfoStruct info;
        Native.ngtcp2_conn_get_conn_info_versioned(_connection, Native.ConnectionInfoVersion, &info);
        Volatile.Write(ref _smoothedRoundTripNanoseconds, info.SmoothedRoundTrip);
    }

    // Of larger paths than the ordinary: the others are left to the idle timeout.
    private bool IsPathHole(ulong now)
    {
        if (now < _pathWatch.DueAt || _datagramBytesMax <= PathProbes.OrdinaryBytesMax)
            return false;

        bool isWaiting = _streams.Values.Any(stream => stream.HasUnacknowledged());
        return _pathWatch.IsHole(now, _bytesAcknowledged, _packetsRead, isWaiting);
    }

    // What connection-level flow control held back may go now: it has no callback of its own.
    private void Unblock()
    {
        if (_blockedStreams.Count == 0)
            return;

        foreach (Ngtcp2Stream stream in _blockedStreams)
        {
            stream.IsBlocked = false;
            Queue(stream);
        }

        _blockedStreams.Clear();
    }

    // False when the connection failed on the way.
    private bool WritePackets(ulong now)
    {
        NativePath storage;
        PathStruct path = NativePath.Pointing(&storage);
        nuint packetMax = Native.ngtcp2_conn_get_max_tx_udp_payload_size(_connection);
        nuint pathMax = Native.ngtcp2_conn_get_path_max_tx_udp_payload_size(_connection);
        Volatile.Write(ref _datagramBytesMax, (int)pathMax);
        int quota = (int)Math.Max(PacketsPerFlushMin, (ulong)Native.ngtcp2_conn_get_send_quantum(_connection) / pathMax);
        bool hasSent = false;
        while (quota-- > 0)
        {
            byte* packet = _loop.Socket.Writer.Reserve((int)packetMax);
            nint written = WritePacket(&path, packet, packetMax, now, out byte ecn);
            if (written < 0)
            {
                Fail((int)written);
                return false;
            }

            if (written == 0)
                break;

            hasSent = true;
            // A probe for a larger path is no part of a batch.
            _loop.Socket.Writer.Commit((int)written, &path, ecn, mayJoin: (nuint)written <= pathMax);
        }

        if (quota < 0)
            _loop.MarkDirty(this);

        if (hasSent)
            Native.ngtcp2_conn_update_pkt_tx_time(_connection, now);

        return true;
    }

    private nint WritePacket(PathStruct* path, byte* packet, nuint packetMax, ulong now, out byte ecn)
    {
        VecStruct* vectors = stackalloc VecStruct[VectorsMax];
        PacketInfoStruct info;
        nint taken = 0;
        int count = 0;
        bool isEnd = false;
        while (true)
        {
            Ngtcp2Stream? stream = NextReady(vectors, ref count, ref isEnd);
            uint flags = stream is null ? 0 : Native.WriteMore | (isEnd ? Native.WriteEnd : 0);
            nint written = Native.ngtcp2_conn_writev_stream_versioned(
                _connection, path, Native.PacketInfoVersion, &info, packet, packetMax, &taken, flags, stream?.Id ?? -1, vectors, (nuint)count, now);
            switch (written)
            {
                case NativeError.WriteMore:
                    if (taken >= 0)
                        Advance(stream!, vectors, count, taken, isEnd);

                    continue;
                case NativeError.StreamDataBlocked:
                    _ready.Dequeue();
                    stream!.IsQueued = false;
                    stream.IsBlocked = true;
                    _blockedStreams.Add(stream);
                    continue;
                case NativeError.StreamShutForWriting or NativeError.StreamNotFound:
                    _ready.Dequeue();
                    stream!.IsQueued = false;
                    GiveRoomBack(stream.StoppedByPeer(0));
                    continue;
                default:
                    if (stream is not null && taken >= 0)
                        Advance(stream, vectors, count, taken, isEnd);

                    ecn = info.Ecn;
                    return written;
            }
        }
    }

    // The stream whose turn it is, and what it has to send.
    private Ngtcp2Stream? NextReady(VecStruct* vectors, ref int count, ref bool isEnd)
    {
        while (_ready.TryPeek(out Ngtcp2Stream? stream))
        {
            if (stream.TryGather(vectors, VectorsMax, out count, out isEnd))
                return stream;

            stream.IsQueued = false;
            _ready.Dequeue();
        }

        count = 0;
        return null;
    }

    private void Advance(Ngtcp2Stream stream, VecStruct* vectors, int count, nint taken, bool isEnd)
    {
        nuint offered = 0;
        for (int i = 0; i < count; i++)
            offered += vectors[i].Length;

        bool hasMore = stream.Sent(taken, isEnd && (nuint)taken == offered);
        Volatile.Write(ref _bytesSent, _bytesSent + taken);
        if (hasMore && taken == 0)
            return;

        // In turn: whoever sent something goes to the end of the line.
        _ready.Dequeue();
        stream.IsQueued = false;
        if (hasMore)
            Queue(stream);
    }
}
