namespace ZeroKSync.Transport.WebSocket;

/// <summary>A frame as read: the fields its type does not have are zero. <see cref="Data"/> is a part of the message it was read from.</summary>
internal readonly ref struct Frame
{
    public FrameType Type { get; init; }

    /// <summary>Of the frames about one stream.</summary>
    public long StreamId { get; init; }

    /// <summary>A code or a maximum.</summary>
    public long Value { get; init; }

    /// <summary>A stream's bytes, or the words of a close.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    public FrameSettings Settings { get; init; }
}
