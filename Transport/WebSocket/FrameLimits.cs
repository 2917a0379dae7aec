namespace ZeroKSync.Transport.WebSocket;

/// <summary>Every bound of the frame format.</summary>
internal static class FrameLimits
{
    /// <summary>A binary message, with all its frames. Small enough that many streams take turns, large enough that headers do not count.</summary>
    public const int MessageBytesMax = 16 << 10;

    /// <summary>A frame that carries no bytes: its type and at most two integers.</summary>
    public const int ControlBytesMax = 1 + (2 * VariableLengthInteger.BytesMax);

    /// <summary>Type, stream id and length, with room for any length that fits a message.</summary>
    public const int DataHeaderBytesMax = 1 + VariableLengthInteger.BytesMax + 4;

    /// <summary>Type and five integers.</summary>
    public const int SettingsBytesMax = 1 + (5 * VariableLengthInteger.BytesMax);

    /// <summary>Type, code, length and reason.</summary>
    public const int CloseBytesMax = 1 + VariableLengthInteger.BytesMax + 2 + TransportConnection.MaxCloseReasonBytes;

    /// <summary>A count of streams: their ids have two bits more (RFC 9000 section 4.6).</summary>
    public const long StreamsMax = 1L << 60;
}
