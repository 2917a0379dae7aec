using System.Text;

namespace ZeroKSync.Transport;

/// <summary>What both ends of a connection can set. Everything is checked before an engine sees it: some abort the process on a bad value.</summary>
public abstract class TransportConnectionOptions
{
    /// <summary>Application protocol (RFC 7301), 1 to 255 bytes of UTF-8; both ends must name the same.</summary>
    public required string Alpn { get; init; }

    /// <summary>How long a silent peer is kept; the shorter of both ends counts. 100 ms to 10 min, default 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Sends a ping after this much silence, to stay below the idle timeout and keep NAT bindings; zero (the default) sends none.</summary>
    public TimeSpan KeepAliveInterval { get; init; }

    /// <summary>From the first datagram to a finished handshake. 50 ms to 60 s, default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a close waits for written data to be taken by the peer. 0 to 10 s, default 500 ms.</summary>
    public TimeSpan CloseFlushTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bidirectional streams the peer may have open at once. 0 to 65,536, default 256.</summary>
    public int MaxInboundBidirectionalStreams { get; init; } = 256;

    /// <summary>Unidirectional streams the peer may have open at once. 0 to 65,536, default 64.</summary>
    public int MaxInboundUnidirectionalStreams { get; init; } = 64;

    /// <summary>Bytes a stream may have received and not yet read. 1 KiB to 64 MiB, default 1 MiB.</summary>
    public int StreamWindowBytes { get; init; } = 1 << 20;

    /// <summary>Bytes all streams together may have received and not yet read. At least the stream window, at most 256 MiB, default 4 MiB.</summary>
    public int ConnectionWindowBytes { get; init; } = 4 << 20;

    /// <summary>Bytes written on one stream and not yet acknowledged by the peer. 1 KiB to 64 MiB, default 1 MiB.</summary>
    public int StreamSendBufferBytes { get; init; } = 1 << 20;

    /// <summary>Bytes written on all streams of a connection and not yet acknowledged. At least the stream's, at most 256 MiB, default 4 MiB.</summary>
    public int ConnectionSendBufferBytes { get; init; } = 4 << 20;

    /// <summary>Opens that may wait for the peer's stream limit at once; one more fails. 1 to 1,048,576, default 65,536.</summary>
    public int MaxWaitingOpens { get; init; } = 65_536;

    /// <exception cref="ArgumentException">A value is out of its bounds; the message names it.</exception>
    public virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Alpn);
        InRange(Encoding.UTF8.GetByteCount(Alpn), 1, 255, nameof(Alpn));
        InRange(IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(IdleTimeout));
        InRange(KeepAliveInterval, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(KeepAliveInterval));
        InRange(HandshakeTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60), nameof(HandshakeTimeout));
        InRange(CloseFlushTimeout, TimeSpan.Zero, TimeSpan.FromSeconds(10), nameof(CloseFlushTimeout));
        InRange(MaxInboundBidirectionalStreams, 0, 65_536, nameof(MaxInboundBidirectionalStreams));
        InRange(MaxInboundUnidirectionalStreams, 0, 65_536, nameof(MaxInboundUnidirectionalStreams));
        InRange(StreamWindowBytes, 1 << 10, 64 << 20, nameof(StreamWindowBytes));
        InRange(ConnectionWindowBytes, StreamWindowBytes, 256 << 20, nameof(ConnectionWindowBytes));
        InRange(StreamSendBufferBytes, 1 << 10, 64 << 20, nameof(StreamSendBufferBytes));
        InRange(ConnectionSendBufferBytes, StreamSendBufferBytes, 256 << 20, nameof(ConnectionSendBufferBytes));
        InRange(MaxWaitingOpens, 1, 1 << 20, nameof(MaxWaitingOpens));
    }

    private protected static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
