namespace ZeroKSync.Transport.WebSocket;

/// <summary>The first byte of a frame. docs/PROTOCOL.md, "WebSocket fallback", has the fields of each.</summary>
internal enum FrameType : byte
{
    /// <summary>What the sender allows; the first frame of each end, and only the first.</summary>
    Settings = 0x00,

    /// <summary>Asks for a sign of life.</summary>
    Ping = 0x01,

    /// <summary>A sign of life.</summary>
    Pong = 0x02,

    /// <summary>Bytes of a stream.</summary>
    Data = 0x03,

    /// <summary>The last bytes of a stream, or none.</summary>
    DataEnd = 0x04,

    /// <summary>The sender's direction of the stream ends here; the rest will not come.</summary>
    Reset = 0x05,

    /// <summary>The sender will not read the stream any more.</summary>
    Stop = 0x06,

    /// <summary>Bytes that may be sent on all streams together, since the start.</summary>
    MaxData = 0x07,

    /// <summary>Bytes that may be sent on one stream, since its start.</summary>
    MaxStreamData = 0x08,

    /// <summary>Bidirectional streams that may be opened, since the start.</summary>
    MaxBidirectionalStreams = 0x09,

    /// <summary>Unidirectional streams that may be opened, since the start.</summary>
    MaxUnidirectionalStreams = 0x0a,

    /// <summary>The application ends the connection.</summary>
    Close = 0x0b,

    /// <summary>The transport ends the connection: <see cref="TransportEnd"/>.</summary>
    End = 0x0c,
}
