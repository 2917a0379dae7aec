namespace ZeroKSync.Transport.WebSocket;

/// <summary>Why an end without an application's code: the value of <see cref="FrameType.End"/>.</summary>
internal enum TransportEnd
{
    /// <summary>The receiver of this broke the rules.</summary>
    Violation = 1,

    /// <summary>The receiver of this was silent for the idle timeout.</summary>
    Idle = 2,
}
