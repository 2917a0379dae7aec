namespace ZeroKSync.Protocol;

/// <summary>Why a session ends; from 1000 on the numbers are those of <see cref="ErrorCode"/>.</summary>
public enum ByeCode : uint
{
    Normal = 0,

    /// <summary>A newer session of the same device took over.</summary>
    Superseded = 1,

    /// <summary>Nothing happened for the idle time.</summary>
    Idle = 2,

    DeviceRevoked = ErrorCode.DeviceRevoked,
    RelayOverloaded = ErrorCode.RelayOverloaded,
    RelayShuttingDown = ErrorCode.RelayShuttingDown,
}
