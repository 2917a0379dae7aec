namespace ZeroKSync.Transport.WebSocket;

/// <summary>Stream ids are QUIC's (RFC 9000 section 2.1), so that layers above see no difference between the engines.</summary>
internal static class StreamIds
{
    private const long ListenerBit = 1;
    private const long UnidirectionalBit = 2;

    public static long Create(long number, StreamDirection direction, bool isListener) =>
        (number << 2) | (direction == StreamDirection.Unidirectional ? UnidirectionalBit : 0) | (isListener ? ListenerBit : 0);

    public static bool IsOfListener(long id) => (id & ListenerBit) != 0;

    public static StreamDirection Direction(long id) => (id & UnidirectionalBit) == 0 ? StreamDirection.Bidirectional : StreamDirection.Unidirectional;

    /// <summary>Which one of its kind, from 0.</summary>
    public static long Number(long id) => id >> 2;
}
