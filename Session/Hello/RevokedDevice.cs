using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Session;

/// <summary>A device that a rotation leaves out, and why.</summary>
public readonly record struct RevokedDevice(DeviceId DeviceId, RevokeReason Reason);
