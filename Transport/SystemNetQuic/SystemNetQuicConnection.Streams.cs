using System.Net.Quic;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>Which streams there are, and what they share: the lock and the two budgets of bytes.</summary>
internal sealed partial class SystemNetQuicConnection
{
    private readonly HashSet<SystemNetQuicStream> _streams = [];
    private int _buffered;
    private int _readAhead;

    /// <summary>Guards this and every stream.</summary>
    internal Lock Gate { get; } = new();

    internal TransportConnectionOptions Options { get; }

    internal ReceiveWindows Windows { get; }

    /// <summary>Streams that the library has not let go of.</summary>
    internal int StreamCount
    {
        get
        {
            lock (Gate)
                return _streams.Count;
        }
    }

    /// <summary>How it ended, if it has. Under <see cref="Gate"/> or for an error's words.</summary>
    internal TransportCloseReason? Reason => Volatile.Read(ref _reason);

    internal long BytesSent { get; set; }

    internal long BytesReceived { get; set; }

    /// <summary>Bytes that may still be written on all streams together.</summary>
    internal int SendRoom => Options.ConnectionSendBufferBytes - _buffered;

    /// <summary>Pulsed when <see cref="SendRoom"/> grew.</summary>
    internal Signal SendRoomFreed { get; } = new();

    /// <summary>Bytes that may still be read before an app asks, on all streams together; below zero while readers who wait are over it.</summary>
    internal int ReadAheadRoom => Windows.ConnectionReadAhead - _readAhead;

    /// <summary>Pulsed when <see cref="ReadAheadRoom"/> grew.</summary>
    internal Signal ReadAheadFreed { get; } = new();

    internal long Timestamp => _timeProvider.GetTimestamp();

    /// <summary>Counts bytes into or out of the send buffers. Under <see cref="Gate"/>.</summary>
    internal void Buffered(int bytes)
    {
        _buffered += bytes;
        if (bytes < 0)
            SendRoomFreed.Pulse();
    }

    /// <summary>Counts bytes into or out of what is read ahead. Under <see cref="Gate"/>.</summary>
    internal void ReadAhead(int bytes)
    {
        _readAhead += bytes;
        if (bytes < 0)
            ReadAheadFreed.Pulse();
    }

    /// <summary>The library has let go of a stream: the peer has its slot back.</summary>
    internal void Forget(SystemNetQuicStream stream)
    {
        lock (Gate)
        {
            _streams.Remove(stream);
            if (stream.IsDeliveredUnanswered)
                _lastDelivered = Math.Max(_lastDelivered, stream.DeliveredAt);
        }
    }

    private async Task<TransportCloseReason> AcceptStreamsAsync()
    {
        try
        {
            while (true)
            {
                IQuicStream accepted = await _library.AcceptAsync().ConfigureAwait(false);
                if (LimitOf(accepted.Type) == 0)
                    _ = RefuseAsync(accepted);
                else if (Add(accepted, isLocal: false) is { } stream)
                    _incoming.Writer.TryWrite(stream);
            }
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            return QuicErrors.OfEnd(exception);
        }
    }

    private int LimitOf(QuicStreamType type) =>
        type == QuicStreamType.Bidirectional ? Options.MaxInboundBidirectionalStreams : Options.MaxInboundUnidirectionalStreams;

    // Null, and the stream given up, where the connection has ended meanwhile.
    private SystemNetQuicStream? Add(IQuicStream library, bool isLocal)
    {
        var stream = new SystemNetQuicStream(this, library, isLocal);
        lock (Gate)
        {
            if (_reason is null && _streams.Add(stream))
            {
                stream.Start();
                return stream;
            }
        }

        _ = RefuseAsync(library);
        return null;
    }

    private static async Task RefuseAsync(IQuicStream stream)
    {
        try
        {
            stream.Abort(QuicAbortDirection.Both, TransportStream.DisposedCode);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            // The connection is over, and the stream with it.
        }
    }
}
