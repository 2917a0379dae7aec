namespace ZeroKSync.Session;

/// <summary>What <see cref="FramePipe.Receive"/> found.</summary>
public enum FrameStatus
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The length is above the limit: the connection ends.</summary>
    TooLong,

    /// <summary>The frame does not open: the connection ends.</summary>
    NotAuthentic,
}
