using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Devices;

/// <summary>
/// The gateway's end of a device's session. Grains call it one way: nothing is delivered by it, it only says that there is
/// something to read. Held weakly, so the gateway keeps it alive and renews it.
/// </summary>
[Alias("zks.IDeviceObserver")]
public interface IDeviceObserver : IGrainObserver
{
    /// <summary>The group's head is now this.</summary>
    [Alias("OnHead")]
    void OnHead(HeadNotice notice);

    /// <summary>The group changed.</summary>
    [Alias("OnGroup")]
    void OnGroup(GroupNotice notice);

    /// <summary>A newer session of the same device took over, or the device was revoked: this session ends.</summary>
    [Alias("OnEnd")]
    void OnEnd(SessionId session, SessionEnd reason);
}
