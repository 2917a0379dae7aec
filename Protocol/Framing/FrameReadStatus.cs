namespace ZeroKSync.Protocol.Framing;

/// <summary>What <see cref="FrameAccumulator.TryRead"/> found.</summary>
public enum FrameReadStatus
{
    /// <summary>A whole frame.</summary>
    Frame,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The length is above the limit: the connection ends.</summary>
    TooLong,
}
