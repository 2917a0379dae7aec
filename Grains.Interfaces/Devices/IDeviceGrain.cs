using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Devices;

/// <summary>
/// One device in one group: its live session and its notices. Key: <see cref="GrainKeys.Device"/>.
/// What it forgets with its activation (the session) the gateway renews; what must last (push token) it persists.
/// </summary>
[Alias("zks.IDeviceGrain")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes this session the device's only one: an older session is told it is superseded. Calling it again as a renewal keeps the
    /// session and its observer; a renewal of a session that another has superseded is told so once more. The observer gets every head
    /// above <see cref="AttachCommand.KnownHead"/>.
    /// </summary>
    [Alias("Attach")]
    Task AttachAsync(AttachCommand command, IDeviceObserver observer, CancellationToken cancellationToken);

    /// <summary>Ends the session if it is still the device's; else nothing.</summary>
    [Alias("Detach")]
    Task DetachAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>The group's head moved. Called by the group's grain, one call outstanding per device.</summary>
    [Alias("NotifyHead")]
    Task NotifyHeadAsync(HeadNotice notice, CancellationToken cancellationToken);

    /// <summary>Something happened to the group that this device should hear of: a device joined or left, a key rotated.</summary>
    [Alias("NotifyGroup")]
    Task NotifyGroupAsync(GroupNotice notice, CancellationToken cancellationToken);

    /// <summary>The app came to the foreground or left it: an active device needs no wake-up.</summary>
    [Alias("SetPresence")]
    Task SetPresenceAsync(SessionId session, bool active, CancellationToken cancellationToken);

    /// <summary>True while a session is attached.</summary>
    [Alias("IsOnline")]
    Task<bool> IsOnlineAsync(CancellationToken cancellationToken);

    /// <summary>Stores where to send wake-ups for this device.</summary>
    [Alias("RegisterWake")]
    Task<CommandResult> RegisterWakeAsync(WakeRegistration registration, CancellationToken cancellationToken);

    /// <summary>Forgets where to send wake-ups.</summary>
    [Alias("UnregisterWake")]
    Task<CommandResult> UnregisterWakeAsync(CancellationToken cancellationToken);
}
