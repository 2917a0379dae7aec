namespace ZeroKSync.Transport.WebSocket;

/// <summary>What one end allows the other from the start.</summary>
/// <param name="MaxData">Bytes on all streams together.</param>
/// <param name="MaxStreamData">Bytes on each stream.</param>
/// <param name="MaxBidirectionalStreams">Bidirectional streams.</param>
/// <param name="MaxUnidirectionalStreams">Unidirectional streams.</param>
/// <param name="IdleMilliseconds">The sender's idle timeout.</param>
internal readonly record struct FrameSettings(long MaxData, long MaxStreamData, long MaxBidirectionalStreams, long MaxUnidirectionalStreams, long IdleMilliseconds)
{
    // What TransportConnectionOptions allows: a peer that says otherwise is not one of ours.
    private const long IdleMillisecondsMin = 100;
    private const long IdleMillisecondsMax = 600_000;

    public bool IsInBounds =>
        MaxBidirectionalStreams <= FrameLimits.StreamsMax
        && MaxUnidirectionalStreams <= FrameLimits.StreamsMax
        && IdleMilliseconds is >= IdleMillisecondsMin and <= IdleMillisecondsMax;

    public static FrameSettings Of(TransportConnectionOptions options) => new(
        options.ConnectionWindowBytes,
        options.StreamWindowBytes,
        options.MaxInboundBidirectionalStreams,
        options.MaxInboundUnidirectionalStreams,
        (long)Math.Ceiling(options.IdleTimeout.TotalMilliseconds));
}
