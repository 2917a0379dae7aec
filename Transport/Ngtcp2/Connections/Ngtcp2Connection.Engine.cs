using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Resumption;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>The engine's side of a connection: packets in, packets out, timers. On the loop's thread alone.</summary>
internal sealed unsafe partial class Ngtcp2Connection
{
    /// <summary>Length of the ids this end gives out: short headers do not carry it.</summary>
    public const int OwnIdBytes = 8;

    private const int VectorsMax = 8;
    private const int PacketsPerFlushMin = 10;
    private const int PacketBytes = 1452;

    private readonly Dictionary<long, Ngtcp2Stream> _streams = [];
    private readonly Queue<Ngtcp2Stream> _ready = new();
    private readonly List<Ngtcp2Stream> _blockedStreams = [];
    private readonly List<ConnectionIdKey> _ids = [];
    private readonly List<UInt128> _resetTokens = [];
    private readonly List<StreamOrder> _orders = [];
    private Queue<Ngtcp2Stream> _opening = new();
    private ConnectionPhase _phase = ConnectionPhase.Handshake;
    private void* _connection;
    private void* _session;
    private ConnectionReferenceStruct* _reference;
    private GCHandle _self;
    private byte[]? _closePacket;
    private NativePath _closePath;
    private QlogFile? _qlog;
    private int _closeAnswers;
    private ulong _closeDeadline;
    private ulong _expiry;

    // When a packet was read that no flush has followed yet; 0 for none.
    private ulong _readAt;

    // Written by the loop, read by anybody.
    private ulong _smoothedRoundTripNanoseconds;
    private long _bytesSent;
    private long _bytesReceived;
    private int _datagramBytesMax;

    private readonly PathWatch _pathWatch = new();
    private long _bytesAcknowledged;
    private long _packetsRead;

    internal bool IsDirty { get; set; }

    internal bool IsHalfOpen { get; set; }

    internal int HeapIndex { get; set; } = -1;

    internal ulong DueAt { get; set; }

    /// <summary>The hash a client insists on; empty for none.</summary>
    internal ReadOnlyMemory<byte> Pin { get; init; }

    internal bool IsCertificateRefused { get; set; }

    internal bool IsResetByPeer { get; set; }

    /// <summary>Where a client remembers the listener; null for a listener's side.</summary>
    internal ResumptionStore? Resumptions { get; init; }

    internal ListenerKey ListenerKey { get; init; }

    /// <summary>The TLS handshake was shortened by a ticket.</summary>
    internal bool IsResumed { get; private set; }

    public void Read(byte* packet, int length, PathStruct* path, byte ecn)
    {
        if (_phase == ConnectionPhase.Closing)
        {
            RepeatClose();
            return;
        }

        if (_phase >= ConnectionPhase.Draining)
            return;

        PacketInfoStruct info = new() { Ecn = ecn };
        _readAt = QuicLoop.Now();
        int result = Native.ngtcp2_conn_read_pkt_versioned(_connection, path, Native.PacketInfoVersion, &info, packet, (nuint)length, _readAt);
        _packetsRead++;
        OfferArrived();
        CompleteWhole();
        // Whatever came of it, a flush follows.
        _loop.MarkDirty(this);
        if (result == 0)
            return;

        if (result == NativeError.Draining)
        {
            Drain();
        }
        else if (result is NativeError.Retry or NativeError.DropConnection)
        {
            Finish(new TransportCloseReason(TransportErrorKind.HandshakeFailed, null, string.Empty, IsPeer: false));
            Forget();
        }
        else
        {
            Fail(result);
        }
    }

    public void OnTimer(ulong now)
    {
        if (_phase >= ConnectionPhase.Closing)
        {
            Forget();
            return;
        }

        // Where a packet came in the same round, the flush that follows is at its time.
        ulong engineNow = _readAt != 0 ? _readAt : now;
        if (engineNow >= _expiry)
        {
            int result = Native.ngtcp2_conn_handle_expiry(_connection, engineNow);
            if (result != 0)
            {
                Fail(result);
                return;
            }
        }

        _loop.MarkDirty(this);
    }

    /// <summary>Does what the app asked for since the last time.</summary>
    public void RunPosted()
    {
        // Before the looks that follow: whoever asks for something during them posts anew.
        Interlocked.Exchange(ref _isPosted, 0);
        if (_phase >= ConnectionPhase.Closing)
        {
            _closeSent.TrySetResult();
            return;
        }

        TakeWishes();
        if (!OpenStreams())
        {
            Fail(NativeError.StreamIdBlocked);
            return;
        }

        // The last posted came out first.
        for (int i = _orders.Count - 1; i >= 0; i--)
            Serve(_orders[i]);

        _orders.Clear();
        _loop.MarkDirty(this);
    }

    /// <summary>Ends it without waiting for anything: the loop stops.</summary>
    public void EndNow(ulong now)
    {
        if (_phase < ConnectionPhase.Closing)
            SendClose(0, string.Empty, now);
    }

    /// <summary>Gives everything back. The object lives on for those who ask how it ended.</summary>
    public void Forget()
    {
        if (_phase == ConnectionPhase.Gone)
            return;

        _phase = ConnectionPhase.Gone;
        FreeNative();
        foreach (ConnectionIdKey id in _ids)
            _loop.Unmap(id, this);

        foreach (UInt128 token in _resetTokens)
            _loop.UnmapResetToken(token);

        _ids.Clear();
        _resetTokens.Clear();
        _loop.Remove(this);
        if (_self.IsAllocated)
            _self.Free();

        Finish(new TransportCloseReason(TransportErrorKind.HandshakeFailed, null, string.Empty, IsPeer: false));
    }

    private void Map(ConnectionIdKey id)
    {
        _ids.Add(id);
        _loop.Map(id, this);
    }

    // A wish to close comes first, so that it finds what was written before it; streams to open come last, so that none is served unopened.
    private void TakeWishes()
    {
        if (Volatile.Read(ref _isCloseWanted) && _closeDeadline == 0)
            _closeDeadline = QuicLoop.Now() + (ulong)(Options.CloseFlushTimeout.TotalNanoseconds + 1);

        int consumed = Interlocked.Exchange(ref _consumed, 0);
        if (consumed > 0)
            Native.ngtcp2_conn_extend_max_offset(_connection, (ulong)consumed);

        Ngtcp2Stream? posted = Interlocked.Exchange(ref _postedStreams, null);
        while (posted is not null)
        {
            // Once its order is taken it may be posted again, and name another.
            Ngtcp2Stream? before = posted.PostedBefore;
            _orders.Add(posted.TakeOrder());
            posted = before;
        }

        lock (Gate)
            (_toOpen, _opening) = (_opening, _toOpen);
    }

    private void Serve(in StreamOrder order)
    {
        Ngtcp2Stream stream = order.Stream;
        if (stream.IsClosed)
        {
            GiveSlotBack(stream);
            return;
        }

        if (order.ConsumedBytes > 0)
            _ = Native.ngtcp2_conn_extend_max_stream_offset(_connection, stream.Id, (ulong)order.ConsumedBytes);

        if (order.StopCode is { } stop)
            _ = Native.ngtcp2_conn_shutdown_stream_read(_connection, 0, stream.Id, (ulong)stop);

        if (order.ResetCode is { } reset)
            _ = Native.ngtcp2_conn_shutdown_stream_write(_connection, 0, stream.Id, (ulong)reset);

        if (order.HasWork)
            Queue(stream);
    }

    // The ids were given out in this order; another answer would mean that the two counts have parted.
    private bool OpenStreams()
    {
        while (_opening.TryDequeue(out Ngtcp2Stream? stream))
        {
            long id;
            int result = stream.Direction == StreamDirection.Unidirectional
                ? Native.ngtcp2_conn_open_uni_stream(_connection, &id, null)
                : Native.ngtcp2_conn_open_bidi_stream(_connection, &id, null);
            if (result != 0 || id != stream.Id)
                return false;

            _streams.Add(id, stream);
        }

        return true;
    }

    // In line to send.
    private void Queue(Ngtcp2Stream stream)
    {
        if (stream.IsQueued || stream.IsBlocked)
            return;

        stream.IsQueued = true;
        _ready.Enqueue(stream);
    }

    // The peer may open one more once a stream of its own was accepted here and is over both ways.
    private void GiveSlotBack(Ngtcp2Stream stream)
    {
        if (stream.IsLocal || !stream.IsAccepted || stream.IsSlotGivenBack)
            return;

        stream.IsSlotGivenBack = true;
        if (stream.Direction == StreamDirection.Unidirectional)
            Native.ngtcp2_conn_extend_max_streams_uni(_connection, 1);
        else
            Native.ngtcp2_conn_extend_max_streams_bidi(_connection, 1);
    }

    private void FreeNative()
    {
        if (_connection is not null)
            Native.ngtcp2_conn_del(_connection);

        if (_session is not null)
            GnuTls.gnutls_deinit(_session);

        if (_reference is not null)
            NativeMemory.Free(_reference);

        _connection = null;
        _session = null;
        _reference = null;
        // The engine's last words come while it is freed.
        _qlog?.Dispose();
        _qlog = null;
    }
}
